// What a row shows: operations, their shares of each pixel, memory, the rank's name.

function inView(lane) {
  const first = firstEndingAfter(view.from / tick, lane.first, lane.last);
  let last = firstEndingAfter(view.to / tick, first, lane.last);
  if (last < lane.last && startOf(last) < view.to) last++;
  return [first, last];
}

const clampX = (px) => Math.min(Math.max(px, gutter), gutter + plotWidth());

function box(op) {
  const left = clampX(x(startOf(op))), right = clampX(x(endOf(op)));
  return [left, Math.max(right - left - (right - left > 4 ? 1 : 0), 0.75)];
}

function paintBox(context, op, left, wide, own) {
  const kind = kindOf(op), radius = wide > 6 ? Math.min(3, own.height / 4) : 0;
  context.fillStyle = paintOf(op).fill;
  context.beginPath();
  context.roundRect(left, own.top, wide, own.height, radius);
  context.fill();
  if (facts.kinds[kind].letter === "F&B") {
    // The upper half is the forward, the lower half the backward that runs with it.
    context.fillStyle = paintOf(op, 0).fill;
    context.beginPath();
    context.roundRect(left, own.top, wide, own.height / 2, [radius, radius, 0, 0]);
    context.fill();
    context.fillStyle = paintOf(op, 3, columns.pairedStage[op]).fill;
    context.beginPath();
    context.roundRect(left, own.top + own.height / 2, wide, own.height / 2, [0, 0, radius, radius]);
    context.fill();
  }
}

function drawOperations(context, own) {
  const [first, last] = inView(own.lane);
  const size = Math.min(own.height * 0.58, 12);
  const hasText = own.lane.role === "compute" && size >= 7;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.font = `500 ${size}px ${font}`;
  for (let op = first; op < last; op++) {
    const [left, wide] = box(op);
    paintBox(context, op, left, wide, own);
    if (!hasText || columns.microBatch[op] < 0) continue;
    const isPair = facts.kinds[kindOf(op)].letter === "F&B";
    const number = isPair ? `${columns.microBatch[op]}/${columns.pairedMicroBatch[op]}` : String(columns.microBatch[op]);
    // By the longest number, so that a row does not lose its numbers half-way.
    if (wide < (isPair ? number.length : longestNumber) * size * 0.6 + 3) continue;
    const long = shortName(op);
    context.fillStyle = isPair ? "#ffffff" : paintOf(op).ink;
    const longest = isPair ? long.length : longestNumber + long.length - number.length;
    context.fillText(wide > longest * size * 0.7 + 8 ? long : number, left + wide / 2, own.top + own.height / 2 + 0.5);
  }
}

let shares = new Float32Array(0);

/**
 * Each pixel column is filled, from below, with the kinds in proportion to their time; what stays empty is idle.
 *
 * How much of a column is busy is exact; how the busy part divides among the kinds is averaged over as many columns as hold some
 * two dozen operations, because single ones beating against the pixels would show patterns that are not there.
 */
function drawShares(context, own) {
  const ratio = window.devicePixelRatio || 1, kinds = facts.kinds.length;
  const wide = Math.round(plotWidth() * ratio), high = Math.max(Math.round(own.height * ratio), 1);
  if (shares.length < wide * kinds) shares = new Float32Array(wide * kinds);
  shares.fill(0, 0, wide * kinds);
  const [first, last] = inView(own.lane);
  const scale = wide / (view.to - view.from) * tick, origin = view.from / tick;
  for (let op = first; op < last; op++) {
    const kind = kindOf(op), begin = (columns.start[op] - origin) * scale, end = begin + columns.length[op] * scale;
    const from = Math.max(Math.floor(begin), 0), to = Math.min(Math.floor(end), wide - 1);
    for (let column = from; column <= to; column++) {
      shares[column * kinds + kind] += Math.min(end, column + 1) - Math.max(begin, column);
    }
  }
  const image = context.createImageData(wide, high), pixels = new Uint32Array(image.data.buffer);
  const [r, g, b] = rgb(theme.row), empty = (255 << 24 | b << 16 | g << 8 | r) >>> 0;
  pixels.fill(empty);
  const reach = Math.min(Math.ceil(12 * wide / Math.max(last - first, 1)), 40), mix = new Float64Array(kinds);
  const add = (column, sign) => {
    if (column < 0 || column >= wide) return;
    for (let kind = 0; kind < kinds; kind++) mix[kind] += sign * shares[column * kinds + kind];
  };
  for (let column = 0; column < reach; column++) add(column, 1);
  for (let column = 0; column < wide; column++) {
    add(column + reach, 1);
    add(column - reach - 1, -1);
    let busy = 0, whole = 0;
    for (let kind = 0; kind < kinds; kind++) {
      busy += shares[column * kinds + kind];
      whole += Math.max(mix[kind], 0);
    }
    if (busy <= 0 || whole <= 0) continue;
    let sum = 0, y = high;
    for (let kind = 0; kind < kinds; kind++) {
      if (mix[kind] < 1e-6) continue;
      sum += mix[kind] / whole * Math.min(busy, 1);
      const end = Math.max(high - Math.round(sum * high), 0), word = paints[kind][0].word;
      while (y > end) pixels[--y * wide + column] = word;
    }
  }
  // Pixels know nothing of the clip: what reaches into the axis is cut off here.
  const top = Math.round((own.top + axisHeight - view.scroll) * ratio), cut = Math.max(Math.round(axisHeight * ratio) - top, 0);
  if (cut < high) context.putImageData(image, Math.round(gutter * ratio), top, 0, cut, wide, high - cut);
}

function drawMemory(context, row) {
  const curve = memory[row.rank], { top, height: high } = row.memory;
  const wide = Math.ceil(plotWidth()), heights = new Float32Array(wide + 1);
  let at = 0, value = 0, seen = 0;
  // Per pixel column the highest amount, so that no peak is lost however many steps it holds.
  for (let i = curve.first; i < curve.last; i++) {
    const column = Math.floor(x(columns.memoryTime[i] * tick) - gutter);
    for (; at < Math.min(column, wide + 1); at++) { heights[at] = Math.max(value, seen); seen = 0; }
    value = columns.memoryAmount[i];
    if (column >= 0) seen = Math.max(seen, value);
    if (column > wide) break;
  }
  for (; at <= wide; at++) { heights[at] = Math.max(value, seen); seen = 0; }
  const y = (amountThere) => top + high - (highestMemory > 0 ? amountThere / highestMemory : 0) * (high - 1);
  context.beginPath();
  context.moveTo(gutter, top + high);
  for (let column = 0; column <= wide; column++) {
    context.lineTo(gutter + column, y(heights[column]));
    if (column < wide) context.lineTo(gutter + column + 1, y(heights[column]));
  }
  context.lineTo(gutter + wide, top + high);
  context.closePath();
  context.fillStyle = theme.memory;
  context.globalAlpha = 0.22;
  context.fill();
  context.globalAlpha = 1;
  context.beginPath();
  for (let column = 0; column < wide; column++) {
    context.lineTo(gutter + column, y(heights[column]));
    context.lineTo(gutter + column + 1, y(heights[column]));
  }
  context.strokeStyle = theme.memory;
  context.lineWidth = 1;
  context.stroke();
  if (!facts.drawnLimit) return;
  context.beginPath();
  context.moveTo(gutter, y(facts.drawnLimit));
  context.lineTo(gutter + wide, y(facts.drawnLimit));
  context.setLineDash([5, 3]);
  context.strokeStyle = theme.limit;
  context.lineWidth = 1.2;
  context.stroke();
  context.setLineDash([]);
}

function drawLabel(context, row) {
  const own = row.lanes[0];
  context.fillStyle = theme.paper;
  context.fillRect(0, row.top - 2, gutter - 1, row.bottom - row.top + 4);
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.fillStyle = theme.ink;
  context.font = `600 ${Math.min(Math.max(own.height * 0.6, 9), 12)}px ${font}`;
  context.fillText(`rank ${row.rank}`, gutter - 10, own.top + own.height / 2);
  if (!row.memory || row.memory.height < 9) return;
  context.fillStyle = theme.quiet;
  context.font = `${Math.min(row.memory.height, 10.5)}px ${font}`;
  context.fillText(amount(memory[row.rank].peak), gutter - 10, row.memory.top + row.memory.height / 2);
}
