// Pointer, keyboard, buttons, and the address that remembers the view.

const tip = document.getElementById("tip");

function element(name, text, parent) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  parent?.append(made);
  return made;
}

function describe(found) {
  tip.replaceChildren();
  const list = (pairs) => {
    const made = element("dl", undefined, tip);
    for (const [term, value] of pairs) {
      element("dt", term, made);
      element("dd", value, made);
    }
  };
  if (found.op === undefined) {
    const seconds = found.ticks * tick;
    if (!found.memory) return false;
    element("h2", `Memory of rank ${found.row.rank}`, tip);
    list([["at", duration(seconds)], ["in use", amount(memoryAt(found.row.rank, found.ticks))], ["peak", amount(memory[found.row.rank].peak)],
      ...(facts.memoryLimit ? [["limit", amount(facts.memoryLimit)]] : [])]);
    return true;
  }
  const op = found.op, kind = facts.kinds[kindOf(op)], before = columns.waitsFor[op];
  const title = element("h2", undefined, tip);
  element("i", undefined, title).style.background = paintOf(op).fill;
  const name = kind.words[0].toUpperCase() + kind.words.slice(1);
  title.append(columns.microBatch[op] < 0 ? name : `${name}, micro-batch ${columns.microBatch[op]}`);
  const pairs = [];
  if (columns.stage[op] >= 0) {
    const chunk = facts.chunksPerRank > 1 ? `, chunk ${chunkOf[columns.stage[op]] ?? 0}` : "";
    pairs.push(["stage", `${columns.stage[op]}${chunk}, on rank ${rankOf(op)}`]);
  } else {
    pairs.push(["rank", rankOf(op)]);
  }
  if (columns.pairedStage && columns.pairedStage[op] >= 0) {
    pairs.push(["with", `backward of micro-batch ${columns.pairedMicroBatch[op]}, stage ${columns.pairedStage[op]}`]);
  }
  if (columns.peer && columns.peer[op] >= 0) pairs.push(["to", `rank ${columns.peer[op]}`]);
  pairs.push(["start", duration(startOf(op))], ["length", duration(endOf(op) - startOf(op))], ["end", duration(endOf(op))]);
  pairs.push(["waits for", before < 0 ? "nothing" : `${shortName(before)} on rank ${rankOf(before)}, until ${duration(endOf(before))}`]);
  list(pairs);
  if (isCritical(op)) element("p", "On the critical path", tip);
  return true;
}

function hover(px, py) {
  const found = hit(px, py), before = view.hovered;
  view.hovered = found?.op ?? -1;
  if (found && describe(found)) {
    const area = chart.getBoundingClientRect(), { offsetWidth: w, offsetHeight: h } = tip;
    tip.style.left = `${Math.min(area.left + px + 16, window.innerWidth - w - 8)}px`;
    tip.style.top = `${area.top + py + 18 + h > window.innerHeight ? Math.max(area.top + py - h - 12, 4) : area.top + py + 18}px`;
    tip.style.visibility = "visible";
  } else {
    tip.style.visibility = "hidden";
  }
  if (view.hovered !== before) refresh();
}

function leave() {
  tip.style.visibility = "hidden";
  view.hovered = -1;
  refresh();
}

chart.addEventListener("wheel", (event) => {
  event.preventDefault();
  const scale = event.deltaMode === 1 ? 16 : 1, [dx, dy] = [event.deltaX * scale, event.deltaY * scale];
  const perPixel = (view.to - view.from) / plotWidth();
  if (event.offsetX < gutter || event.altKey) {
    scrollTo(view.scroll + dy);
    refresh();
  } else if (event.shiftKey || Math.abs(dx) > Math.abs(dy)) {
    show(view.from + (dx || dy) * perPixel, view.to + (dx || dy) * perPixel);
  } else {
    zoom(Math.exp(Math.min(Math.max(dy, -240), 240) * 0.0022), timeAt(event.offsetX));
  }
  hover(event.offsetX, event.offsetY);
  remember();
}, { passive: false });

let drag = null;
chart.addEventListener("pointerdown", (event) => {
  drag = { x: event.offsetX, y: event.offsetY, from: view.from, to: view.to, scroll: view.scroll, moved: false };
  chart.setPointerCapture(event.pointerId);
});
chart.addEventListener("pointermove", (event) => {
  if (!drag) return hover(event.offsetX, event.offsetY);
  const [dx, dy] = [event.offsetX - drag.x, event.offsetY - drag.y];
  if (!drag.moved && Math.hypot(dx, dy) < 4) return;
  drag.moved = true;
  chart.classList.add("dragging");
  leave();
  const moved = dx / plotWidth() * (drag.to - drag.from);
  scrollTo(drag.scroll - dy);
  show(drag.from - moved, drag.to - moved);
});
chart.addEventListener("pointerup", (event) => {
  chart.classList.remove("dragging");
  if (drag && !drag.moved) follow(hit(event.offsetX, event.offsetY)?.op ?? -1);
  drag = null;
  remember();
});
chart.addEventListener("pointercancel", () => { drag = null; chart.classList.remove("dragging"); });
chart.addEventListener("pointerleave", leave);
chart.addEventListener("dblclick", () => fit());

/** Brings one micro-batch forward, or all again. */
function follow(op) {
  const number = op < 0 ? -1 : columns.microBatch[op];
  setFollowed(number === view.microBatch ? -1 : number);
}

function setFollowed(number) {
  view.microBatch = number;
  document.getElementById("followed").textContent = number < 0 ? "" : `following micro-batch ${number}, Esc for all`;
  refresh();
}

function fit() {
  setFollowed(-1);
  show(0, facts.makespan);
  remember();
}

overview.addEventListener("pointerdown", (event) => overview.setPointerCapture(event.pointerId));
for (const kind of ["pointerdown", "pointermove"]) {
  overview.addEventListener(kind, (event) => {
    if (event.buttons !== 1) return;
    const middle = (event.offsetX - gutter) / plotWidth() * facts.makespan, half = (view.to - view.from) / 2;
    show(middle - half, middle + half);
    remember();
  });
}

const pan = (share) => show(view.from + (view.to - view.from) * share, view.to + (view.to - view.from) * share);
const toggle = (name) => {
  view[name] = !view[name];
  document.getElementById(`toggle-${name}`).setAttribute("aria-pressed", view[name]);
  arrange();
  refresh();
};
const resizeRows = (factor) => {
  view.zoomRows = Math.min(Math.max(view.zoomRows * factor, 0.5), 6);
  arrange();
  refresh();
};
const keys = {
  "+": () => zoom(0.7), "=": () => zoom(0.7), "-": () => zoom(1 / 0.7), "0": fit,
  ArrowLeft: () => pan(-0.15), ArrowRight: () => pan(0.15),
  ArrowUp: () => { scrollTo(view.scroll - 60); refresh(); }, ArrowDown: () => { scrollTo(view.scroll + 60); refresh(); },
  "[": () => resizeRows(1 / 1.2), "]": () => resizeRows(1.2),
  m: () => toggle("memory"), c: () => toggle("communication"), p: () => toggle("path"),
  Escape: () => setFollowed(-1),
};
window.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
  remember();
});
for (const name of ["memory", "communication", "path"]) {
  document.getElementById(`toggle-${name}`).addEventListener("click", () => toggle(name));
}
document.getElementById("fit").addEventListener("click", fit);
document.getElementById("theme").addEventListener("click", () => {
  const isDark = getComputedStyle(document.documentElement).getPropertyValue("--paper").trim() !== "#ffffff";
  setTheme(isDark ? "light" : "dark");
  remember();
});

function setTheme(name) {
  document.documentElement.dataset.theme = name;
  readTheme();
  refresh();
}

let remembering = 0;
/** Keeps the view in the address, so that a link shows what its sender saw. */
function remember() {
  clearTimeout(remembering);
  remembering = setTimeout(() => {
    const parts = new URLSearchParams();
    if (view.from > 0 || view.to < facts.makespan) {
      parts.set("from", view.from.toPrecision(9));
      parts.set("to", view.to.toPrecision(9));
    }
    if (view.microBatch >= 0) parts.set("micro-batch", view.microBatch);
    if (document.documentElement.dataset.theme) parts.set("theme", document.documentElement.dataset.theme);
    history.replaceState(null, "", `#${parts}`);
  }, 150);
}

function recall() {
  const parts = new URLSearchParams(location.hash.slice(1));
  const number = (name, otherwise) => (Number.isFinite(parseFloat(parts.get(name))) ? parseFloat(parts.get(name)) : otherwise);
  if (["light", "dark"].includes(parts.get("theme"))) setTheme(parts.get("theme"));
  setFollowed(number("micro-batch", -1));
  show(number("from", 0), number("to", facts.makespan));
}

function fillIn() {
  const line = document.getElementById("facts");
  for (const [value, unit] of [[duration(facts.makespan, 4), "makespan"], [facts.rankCount, facts.rankCount === 1 ? "rank" : "ranks"],
    [operationCount.toLocaleString("en"), "operations"]]) {
    const fact = element("span", undefined, line);
    element("b", value, fact);
    fact.append(` ${unit}`);
  }
  element("span", "", line).id = "followed";
  const present = new Set(columns.kind.map((code) => code & 127)), legend = document.getElementById("legend");
  facts.kinds.forEach((kind, index) => {
    if (!present.has(index)) return;
    const entry = element("span", undefined, legend);
    const swatch = element("i", undefined, entry);
    swatch.style.background = kind.letter === "F&B"
      ? `linear-gradient(${paints[0][0].fill} 50%, ${paints[3][0].fill} 50%)` : paints[index][0].fill;
    entry.append(kind.words);
  });
  const entry = element("span", undefined, legend);
  element("i", undefined, entry).className = "path";
  entry.append("critical path");
  if (facts.memoryLimit) {
    const limit = element("span", undefined, legend);
    element("i", undefined, limit).className = "limit";
    limit.append(`memory limit ${amount(facts.memoryLimit)}`);
  }
  if (facts.chunksPerRank > 1) element("span", "paler: later chunks", legend);
}

function resize() {
  [width, height] = [chart.clientWidth, chart.clientHeight];
  arrange();
  refresh();
}

fillIn();
readTheme();
new ResizeObserver(resize).observe(chart);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readTheme(); refresh(); });
resize();
recall();
