// The strip at the bottom: the whole step, and which part of it is shown above.

/** How many ranks compute at each moment of the whole step, drawn once, and the part of it that is shown above. */
const busyShare = (() => {
  const slots = new Float32Array(1024), perSlot = 4294967295 / slots.length;
  for (const lane of lanes) {
    if (lane.role !== "compute") continue;
    for (let op = lane.first; op < lane.last; op++) {
      const begin = columns.start[op] / perSlot, end = begin + columns.length[op] / perSlot;
      for (let slot = Math.floor(begin); slot < Math.min(end, slots.length); slot++) {
        slots[slot] += (Math.min(end, slot + 1) - Math.max(begin, slot)) / facts.rankCount;
      }
    }
  }
  return slots;
})();

function drawOverview() {
  const context = prepare(overview), high = 44, px = (seconds) => gutter + seconds / facts.makespan * plotWidth();
  context.fillStyle = theme.quiet;
  context.font = `10.5px ${font}`;
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.fillText("ranks busy", gutter - 10, high / 2);
  context.beginPath();
  context.moveTo(gutter, high - 6);
  busyShare.forEach((share, slot) => {
    const y = high - 6 - Math.min(share, 1) * (high - 14);
    context.lineTo(gutter + slot / busyShare.length * plotWidth(), y);
    context.lineTo(gutter + (slot + 1) / busyShare.length * plotWidth(), y);
  });
  context.lineTo(gutter + plotWidth(), high - 6);
  context.closePath();
  context.fillStyle = theme.memory;
  context.globalAlpha = 0.35;
  context.fill();
  context.globalAlpha = 1;
  const [left, right] = [px(view.from), px(view.to)];
  context.fillStyle = theme.paper;
  context.globalAlpha = 0.65;
  context.fillRect(gutter, 1, left - gutter, high);
  context.fillRect(right, 1, gutter + plotWidth() - right, high);
  context.globalAlpha = 1;
  context.strokeStyle = theme.quiet;
  context.lineWidth = 1;
  context.strokeRect(left + 0.5, 3.5, Math.max(right - left - 1, 2), high - 7);
}
