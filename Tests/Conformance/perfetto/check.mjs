// Loads traces with Perfetto's own parser and reports what it found in each, one JSON line a trace.
//
//   node check.mjs FOLDER_OF_ENGINE_BUNDLE TRACE.json …
//
// Exits 1 when the parser dropped or doubted anything: a row of its `stats` with value > 0 and severity other than info.

import { readFileSync } from "node:fs";
import { startEngine } from "./trace-processor.mjs";

const [folder, ...traces] = process.argv.slice(2);
if (!folder || traces.length === 0) {
  console.error("usage: node check.mjs FOLDER_OF_ENGINE_BUNDLE TRACE.json …");
  process.exit(64);
}

let failed = false;
for (const path of traces) {
  const engine = await startEngine(folder);
  await engine.load(readFileSync(path));
  const problems = await engine.query("select name, severity, value from stats where value > 0 and severity != 'info'");
  const [counts] = await engine.query(`select
    (select count(*) from slice) as slices, (select max(depth) from slice) as depth,
    (select count(*) from flow) as flows, (select count(*) from counter) as counters,
    (select count(*) from process where name is not null) as processes, (select count(*) from thread where name is not null) as threads,
    (select max(ts + dur) - min(ts) from slice) as nanoseconds, (select sum(dur) from slice) as busy,
    (select count(*) from flow f join slice a on f.slice_out = a.id join slice b on f.slice_in = b.id
       where b.ts < a.ts + a.dur) as flowsBackwards`);
  console.log(JSON.stringify({ trace: path, ...counts, problems }));
  failed ||= problems.length > 0;
}
process.exit(failed ? 1 : 0);
