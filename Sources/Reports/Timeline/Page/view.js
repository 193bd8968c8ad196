// What is shown: a stretch of time, a vertical position, and the heights of rows.

const chart = document.getElementById("chart"), overview = document.getElementById("overview");
const gutter = 84, axisHeight = 30, rightMargin = 16;

const view = {
  from: 0, to: facts.makespan, scroll: 0, zoomRows: 1,
  memory: true, communication: true, path: true,
  microBatch: -1, hovered: -1, pointer: null,
};
const theme = {};
let rows = [], contentHeight = 0, width = 0, height = 0;

const plotWidth = () => Math.max(width - gutter - rightMargin, 1);
const x = (seconds) => gutter + (seconds - view.from) / (view.to - view.from) * plotWidth();
const timeAt = (px) => view.from + (px - gutter) / plotWidth() * (view.to - view.from);

/** Keeps the stretch of time inside the step and no shorter than a thousand ticks. */
function show(from, to) {
  const length = Math.min(Math.max(to - from, 1000 * tick), facts.makespan);
  view.from = Math.min(Math.max(from, 0), facts.makespan - length);
  view.to = view.from + length;
  refresh();
}

function zoom(factor, around = (view.from + view.to) / 2) {
  show(around - (around - view.from) * factor, around + (view.to - around) * factor);
}

/** Gives every rank its lanes and memory; heights fill the window where they can. */
function arrange() {
  const perRank = [];
  for (const lane of lanes) (perRank[lane.rank] ??= []).push(lane);
  let unitsOfHeight = 0;
  for (const own of perRank) {
    unitsOfHeight += 1.55 + (view.memory && facts.memoryCounts.length ? 0.8 : 0)
      + (view.communication ? own.filter((lane) => lane.role !== "compute").length * 0.3 : 0);
  }
  const room = height - axisHeight - 14;
  const unit = Math.min(Math.max(room / Math.max(unitsOfHeight, 1), 13), 40) * view.zoomRows;
  rows = [];
  let top = 10;
  perRank.forEach((own, rank) => {
    const row = { rank, top, lanes: [], memory: null };
    for (const lane of own) {
      if (lane.role !== "compute" && !view.communication) continue;
      const size = lane.role === "compute" ? unit : Math.max(unit * 0.22, 3);
      row.lanes.push({ lane, top, height: size });
      top += size + (lane.role === "compute" ? Math.max(unit * 0.06, 1) : 1);
    }
    if (view.memory && memory[rank]) {
      row.memory = { top: top + 1, height: unit * 0.72 };
      top += unit * 0.72 + 2;
    }
    row.bottom = top;
    top += Math.max(unit * 0.45, 6);
    rows.push(row);
  });
  contentHeight = top;
  scrollTo(view.scroll);
}

function scrollTo(position) {
  view.scroll = Math.min(Math.max(position, 0), Math.max(contentHeight - (height - axisHeight), 0));
}

/** What lies under a point: a row and, if there is one, an operation or the memory curve. */
function hit(px, py) {
  if (py < axisHeight || px < gutter) return null;
  const y = py - axisHeight + view.scroll;
  const row = rows.find((one) => y >= one.top && y <= one.bottom + 2);
  if (!row) return null;
  const ticks = timeAt(px) / tick;
  if (row.memory && y >= row.memory.top) return { row, memory: true, ticks };
  const own = row.lanes.find((one) => y >= one.top && y < one.top + one.height + 1);
  if (!own) return { row, ticks };
  const slack = (view.to - view.from) / plotWidth() / tick * 2;
  const op = firstEndingAfter(ticks - slack, own.lane.first, own.lane.last);
  // Where the pointer is between two, the later one may be nearer.
  const next = op + 1 < own.lane.last && columns.start[op + 1] <= ticks ? op + 1 : op;
  return next < own.lane.last && columns.start[next] <= ticks + slack ? { row, op: next, ticks } : { row, ticks };
}

function readTheme() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["paper", "panel", "row", "line", "ink", "quiet", "memory", "critical", "halo", "limit"]) {
    theme[name] = style.getPropertyValue(`--${name}`).trim();
  }
}

const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
const luminance = (c) => c.reduce((sum, part, i) => sum + (part / 255) ** 2 * [0.2126, 0.7152, 0.0722][i], 0);

/** Colours by kind and chunk, later chunks paler, and letters that can be read on them. */
const paints = facts.kinds.map((kind) => Array.from({ length: Math.max(facts.chunksPerRank, 1) }, (_, chunk) => {
  const share = Math.min(chunk * 0.24, 0.48);
  const mixed = rgb(kind.colour).map((part) => Math.round(part + (255 - part) * share));
  return {
    fill: `rgb(${mixed})`, ink: luminance(mixed) > 0.26 ? "#10151c" : "#ffffff",
    word: (255 << 24 | mixed[2] << 16 | mixed[1] << 8 | mixed[0]) >>> 0,
  };
}));

const paintOf = (op, kind = kindOf(op), stage = columns.stage[op]) => {
  const own = paints[kind];
  return own[Math.min(stage < 0 ? 0 : chunkOf[stage] ?? 0, own.length - 1)];
};
