"use strict";

// The facts and columns that the page carries; columns are little-endian arrays in base 64.
const facts = JSON.parse(document.getElementById("facts-data").textContent);

const columns = (() => {
  const types = { Uint8Array, Int16Array, Int32Array, Uint32Array, Float32Array };
  const found = {};
  for (const element of document.querySelectorAll("script[data-column]")) {
    const text = atob(element.textContent.trim());
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    found[element.dataset.column] = new types[element.dataset.type](bytes.buffer);
  }
  return found;
})();

// Times are whole ticks, 2³² − 1 of which make the step.
const tick = facts.makespan / 4294967295;
const kindOf = (op) => columns.kind[op] & 127;
const isCritical = (op) => columns.kind[op] > 127;
const startOf = (op) => columns.start[op] * tick;
const endOf = (op) => (columns.start[op] + columns.length[op]) * tick;

// Operations lie lane after lane, by start within a lane.
const lanes = facts.lanes;
let offset = 0;
for (const lane of lanes) {
  lane.first = offset;
  lane.last = offset += lane.count;
}
const operationCount = offset;

const laneOf = new Int32Array(operationCount);
lanes.forEach((lane, index) => laneOf.fill(index, lane.first, lane.last));
const rankOf = (op) => lanes[laneOf[op]].rank;

const longestNumber = String(columns.microBatch.reduce((most, number) => Math.max(most, number), 0)).length;

const criticalPath = [];
for (let op = 0; op < operationCount; op++) if (isCritical(op)) criticalPath.push(op);
criticalPath.sort((a, b) => columns.start[a] - columns.start[b]);

// The chunk of a stage is its place among the stages of its rank.
const chunkOf = (() => {
  const owner = [];
  for (let op = 0; op < operationCount; op++) if (columns.stage[op] >= 0 && kindOf(op) < 5) owner[columns.stage[op]] = rankOf(op);
  const seen = [];
  return owner.map((rank) => (seen[rank] = (seen[rank] ?? -1) + 1));
})();

let memoryOffset = 0, highestMemory = facts.drawnLimit ?? 0;
const memory = facts.memoryCounts.map((count) => {
  const curve = { first: memoryOffset, last: memoryOffset += count, peak: 0 };
  for (let i = curve.first; i < curve.last; i++) curve.peak = Math.max(curve.peak, columns.memoryAmount[i]);
  highestMemory = Math.max(highestMemory, curve.peak);
  return curve;
});

/** The first index in [first, last) whose operation ends after `ticks`. */
function firstEndingAfter(ticks, first, last) {
  while (first < last) {
    const middle = (first + last) >> 1;
    if (columns.start[middle] + columns.length[middle] <= ticks) first = middle + 1; else last = middle;
  }
  return first;
}

/** The memory of a rank at a moment. */
function memoryAt(rank, ticks) {
  const curve = memory[rank];
  let first = curve.first, last = curve.last;
  while (first < last) {
    const middle = (first + last) >> 1;
    if (columns.memoryTime[middle] <= ticks) first = middle + 1; else last = middle;
  }
  return first > curve.first ? columns.memoryAmount[first - 1] : 0;
}

const units = [["s", 1], ["ms", 1e-3], ["µs", 1e-6], ["ns", 1e-9]];
const unitFor = (seconds) => units.find(([, size]) => Math.abs(seconds) >= size) ?? units[seconds === 0 ? 0 : 3];

function duration(seconds, digits = 5) {
  const [name, size] = unitFor(seconds);
  return `${Number((seconds / size).toPrecision(digits))} ${name}`;
}

const amount = (value) => facts.memoryUnit === "chunks" ? `${Number(value.toFixed(2))} ${value === 1 ? "chunk" : "chunks"}`
  : `${(value / 2 ** 30).toFixed(2)} GiB`;

/** The short name of an operation: F3, F3&B1, send 3. */
function shortName(op) {
  const kind = facts.kinds[kindOf(op)], number = columns.microBatch[op];
  if (kind.letter === "F&B") return `F${number}&B${columns.pairedMicroBatch[op]}`;
  return number < 0 ? kind.letter : kind.letter.length === 1 ? kind.letter + number : `${kind.letter} ${number}`;
}
