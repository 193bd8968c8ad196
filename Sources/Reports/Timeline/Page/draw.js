// Drawing: single operations where they are wide enough, shares of time per pixel where they are not.

const font = 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif';
let scheduled = false;

function refresh() {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    draw();
    drawOverview();
  });
}

function prepare(canvas) {
  const ratio = window.devicePixelRatio || 1, box = canvas.getBoundingClientRect();
  const [w, h] = [Math.round(box.width * ratio), Math.round(box.height * ratio)];
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, box.width, box.height);
  return context;
}

function draw() {
  const context = prepare(chart);
  const step = drawGrid(context);
  const visible = rows.filter((row) => row.bottom >= view.scroll && row.top <= view.scroll + height - axisHeight);
  context.save();
  context.beginPath();
  context.rect(0, axisHeight, width, height - axisHeight);
  context.clip();
  context.translate(0, axisHeight - view.scroll);
  const isCrowded = crowded(visible);
  for (const row of visible) {
    for (const own of row.lanes) {
      context.fillStyle = theme.row;
      context.fillRect(gutter, own.top, plotWidth(), own.height);
      (isCrowded ? drawShares : drawOperations)(context, own);
    }
    if (row.memory) drawMemory(context, row);
    drawLabel(context, row);
  }
  if (view.microBatch >= 0) drawFollowed(context, visible);
  if (view.path && view.microBatch < 0) drawPath(context);
  if (view.hovered >= 0) drawHovered(context);
  context.restore();
  drawAxis(context, step);
  drawScrollBar(context);
}

/** Whether some compute lane shows more than one operation per three pixels. */
function crowded(visible) {
  return visible.some(({ lanes: [{ lane }] }) => {
    const first = firstEndingAfter(view.from / tick, lane.first, lane.last);
    const last = firstEndingAfter(view.to / tick, lane.first, lane.last);
    return (last - first) * 3 > plotWidth();
  });
}

const place = (op) => rows[rankOf(op)]?.lanes.find((own) => own.lane === lanes[laneOf[op]]);

/** A line under every operation of the critical path, and from each to the next. */
function drawPath(context) {
  context.beginPath();
  for (const op of criticalPath) {
    if (startOf(op) > view.to) break;
    const own = place(op);
    if (!own || endOf(op) < view.from) continue;
    const y = own.top + own.height - 1, before = columns.waitsFor[op];
    if (before >= 0 && isCritical(before) && place(before) && place(before) !== own) {
      const from = place(before);
      context.moveTo(clampX(x(endOf(before))), from.top + from.height - 1);
      context.lineTo(clampX(x(startOf(op))), y);
    } else {
      context.moveTo(clampX(x(startOf(op))), y);
    }
    context.lineTo(clampX(x(endOf(op))), y);
  }
  context.lineJoin = "round";
  context.strokeStyle = theme.halo;
  context.lineWidth = 4;
  context.globalAlpha = 0.75;
  context.stroke();
  context.globalAlpha = 1;
  context.strokeStyle = theme.critical;
  context.lineWidth = 2;
  context.stroke();
}

/** Everything but one micro-batch steps back. */
function drawFollowed(context, visible) {
  context.globalAlpha = 0.78;
  context.fillStyle = theme.paper;
  context.fillRect(gutter, view.scroll, plotWidth(), height - axisHeight);
  context.globalAlpha = 1;
  for (const row of visible) {
    for (const own of row.lanes) {
      const [first, last] = inView(own.lane);
      for (let op = first; op < last; op++) {
        if (columns.microBatch[op] !== view.microBatch && columns.pairedMicroBatch?.[op] !== view.microBatch) continue;
        const [left, wide] = box(op);
        paintBox(context, op, left, Math.max(wide, 2), own);
      }
    }
  }
}

function drawHovered(context) {
  const outline = (op, dash) => {
    const own = place(op);
    if (!own || endOf(op) < view.from || startOf(op) > view.to) return;
    const [left, wide] = box(op);
    context.setLineDash(dash);
    context.strokeStyle = theme.ink;
    context.lineWidth = 2;
    context.strokeRect(left - 1, own.top - 1, wide + 2, own.height + 2);
    context.setLineDash([]);
  };
  const before = columns.waitsFor[view.hovered];
  if (before >= 0 && place(before) && place(view.hovered)) {
    const [a, b] = [place(before), place(view.hovered)];
    const [ax, ay, bx, by] = [clampX(x(endOf(before))), a.top + a.height / 2, clampX(x(startOf(view.hovered))), b.top + b.height / 2];
    context.beginPath();
    context.moveTo(ax, ay);
    context.bezierCurveTo(ax + 18, ay, bx - 18, by, bx, by);
    context.strokeStyle = theme.halo;
    context.lineWidth = 4;
    context.stroke();
    context.strokeStyle = theme.ink;
    context.lineWidth = 1.5;
    context.stroke();
    outline(before, [3, 3]);
  }
  outline(view.hovered, []);
}

function axisStep() {
  const rough = (view.to - view.from) / Math.max(plotWidth() / 110, 1), power = 10 ** Math.floor(Math.log10(rough));
  return power * [1, 2, 5, 10].find((factor) => power * factor >= rough);
}

function ticks(step) {
  const found = [];
  for (let k = Math.ceil(view.from / step - 1e-9); k * step <= view.to * (1 + 1e-12); k++) found.push(k * step);
  return found;
}

function drawGrid(context) {
  const step = axisStep();
  context.fillStyle = theme.line;
  for (const moment of ticks(step)) context.fillRect(Math.round(x(moment)), axisHeight, 1, height - axisHeight);
  return step;
}

function drawAxis(context, step) {
  const [name, size] = unitFor(Math.max(view.to, step));
  const digits = Math.max(0, Math.ceil(-Math.log10(step / size) - 1e-9));
  context.fillStyle = theme.paper;
  context.fillRect(0, 0, width, axisHeight);
  context.fillStyle = theme.line;
  context.fillRect(0, axisHeight - 1, width, 1);
  context.fillStyle = theme.quiet;
  context.font = `11.5px ${font}`;
  context.textBaseline = "middle";
  for (const moment of ticks(step)) {
    const px = x(moment);
    context.fillRect(Math.round(px), axisHeight - 6, 1, 6);
    context.textAlign = px > width - 40 ? "right" : px < gutter + 16 ? "left" : "center";
    context.fillText(`${(moment / size).toFixed(digits)} ${name}`, px, axisHeight / 2 - 1);
  }
}

function drawScrollBar(context) {
  const room = height - axisHeight;
  if (contentHeight <= room) return;
  context.fillStyle = theme.quiet;
  context.globalAlpha = 0.5;
  context.beginPath();
  context.roundRect(width - 8, axisHeight + view.scroll / contentHeight * room + 2, 5, Math.max(room * room / contentHeight - 4, 20), 3);
  context.fill();
  context.globalAlpha = 1;
}
