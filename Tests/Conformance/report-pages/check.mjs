// Opens the pages of plan, sweep and validate in a headless Chromium and uses them as a person would.
//
//   node check.mjs FOLDER        with plan.html, large.html, sweep.html and validate.html
//
// Exits 1 with a line for each expectation that failed; screenshots and prints stay in the folder.

import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { startBrowser } from "../timeline-page/browser.mjs";

const folder = resolve(process.argv[2]);
let failures = 0;
function expect(holds, words, seen) {
  if (holds) return;
  failures++;
  console.error(`failed: ${words}${seen === undefined ? "" : ` (saw ${JSON.stringify(seen).slice(0, 300)})`}`);
}

const browser = await startBrowser();

/** The column of a table's body, as shown. */
const column = (page, table, title) => page.evaluate(`(() => {
  const table = document.getElementById("${table}"), heads = [...table.tHead.rows[0].cells];
  const index = heads.findIndex((head) => head.textContent.startsWith("${title}"));
  return [...table.tBodies[0].rows].filter((row) => !row.hidden).map((row) => row.cells[index].dataset.v ?? row.cells[index].textContent);
})()`);
const press = (page, table, title) => page.evaluate(`(() => {
  const head = [...document.getElementById("${table}").tHead.rows[0].cells].find((one) => one.textContent.startsWith("${title}"));
  head.querySelector("button").click();
  return head.getAttribute("aria-sort");
})()`);
const sorted = (values, sign) => values.map(Number).every((value, index, all) => index === 0 || sign * (value - all[index - 1]) >= 0);

async function open(name, scheme) {
  const path = join(folder, `${name}.html`);
  expect(statSync(path).size < 3e6, `${name}: under 3 MB`, statSync(path).size);
  const page = await browser.open(path, { scheme, width: 1300, height: 1400 });
  await page.settle();
  await page.screenshot(join(folder, `${name}-${scheme}.png`));
  const paper = await page.evaluate("getComputedStyle(document.body).backgroundColor");
  expect(paper === (scheme === "dark" ? "rgb(18, 22, 29)" : "rgb(255, 255, 255)"), `${name}: follows the preferred scheme`, paper);
  const wide = await page.evaluate("document.documentElement.scrollWidth <= innerWidth");
  expect(wide, `${name}: nothing sticks out sideways`);
  return page;
}

async function close(page, name) {
  await page.evaluate("document.getElementById('theme').click()");
  await page.print(join(folder, `${name}.pdf`));
  expect(readFileSync(join(folder, `${name}.pdf`)).subarray(0, 5).toString() === "%PDF-", `${name}: prints`);
  expect(page.problems.length === 0, `${name}: nothing in the console`, page.problems);
  const outside = page.requests.filter((url) => !/^(file|about|data):/.test(url));
  expect(outside.length === 0, `${name}: asks nobody for anything`, outside);
  await page.close();
}

for (const scheme of ["light", "dark"]) {
  const page = await open("plan", scheme);
  const title = await page.evaluate("document.title");
  expect(title.startsWith("llama-3.1-8b on 32"), "plan: a hostile name is text", title);
  expect(await page.evaluate("document.querySelectorAll('img[onerror]').length") === 0, "plan: a hostile name makes no element");
  for (const sign of [1, -1]) {
    const said = await press(page, "ranked", "GiB");
    expect(said === (sign > 0 ? "ascending" : "descending"), "plan: a heading says how it sorts", said);
    const values = await column(page, "ranked", "GiB");
    expect(values.length > 2 && sorted(values, sign), "plan: a click sorts", values);
  }
  const heads = () => page.evaluate(
    `[...document.querySelectorAll("#step .head")].filter((one) => getComputedStyle(one).display !== "none").map((one) => one.textContent)`);
  expect((await heads()).map((head) => head.slice(0, 6)).join() === "Plan 1,Plan 2", "plan: the first two stand side by side", await heads());
  await page.evaluate(`document.querySelector("input[name='b'][value='3']").click()`);
  expect((await heads()).map((head) => head.slice(0, 6)).join() === "Plan 1,Plan 3", "plan: choosing shows another", await heads());
  // Keys reach everything: the choice is a radio group.
  await page.evaluate(`document.querySelector("input[name='a']:checked").focus()`);
  const frame = await page.evaluate(`document.querySelector("iframe").contentDocument.getElementById("chart").width > 300`);
  expect(frame, "plan: the schedule is drawn");
  await page.evaluate(`document.querySelectorAll("details").forEach((one) => { one.open = true; })`);
  const files = await page.evaluate(`[...document.querySelectorAll(".file pre")].map((one) => one.textContent).join("\\n")`);
  expect(files.includes("--tensor-model-parallel-size"), "plan: launch files are there to copy");
  await page.evaluate(`document.querySelector("button.copy").click()`);
  await new Promise((wake) => setTimeout(wake, 100));
  const copied = await page.evaluate(`document.querySelector("button.copy").textContent`);
  expect(copied === "Copied", "plan: copying says that it copied", copied);
  await close(page, `plan-${scheme}`);
}

for (const scheme of ["light", "dark"]) {
  const page = await open("large", scheme);
  const frame = await page.evaluate(`document.querySelector("iframe").contentDocument.getElementById("chart").width > 300`);
  expect(frame, "large: fewer micro-batches of the schedule are drawn");
  const notes = await page.evaluate(`[...document.querySelectorAll("#timeline .note")].map((one) => one.textContent).join(" ")`);
  expect(/with [\d,]+ of its [\d,]+ micro-batches/.test(notes), "large: how many of them is said", notes);
  const boxes = await page.evaluate(`document.querySelectorAll("#map figure svg g[transform]").length`);
  expect(boxes > 1 && boxes <= 256, "large: nodes with the same stages are one box", boxes);
  await close(page, `large-${scheme}`);
}

{
  const page = await open("sweep", "light");
  const spot = await page.evaluate(`(() => {
    document.querySelector("svg [data-row]").scrollIntoView({ block: "center" });
    const box = document.querySelector("svg [data-row]").getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
  })()`);
  await page.mouse("mouseMoved", spot[0], spot[1]);
  await page.settle();
  const tip = await page.evaluate(`(one => getComputedStyle(one).visibility === "visible" ? one.textContent : "")(document.getElementById("tip"))`);
  expect(/GPUs of .*: .* d, /.test(tip), "sweep: pointing at a mark says what it is", tip);
  expect(await page.evaluate(`document.querySelectorAll("tr.pointed").length`) === 1, "sweep: and marks its row");
  await page.screenshot(join(folder, "sweep-hover.png"));
  await press(page, "grid", "days");
  expect(sorted(await column(page, "grid", "days"), 1), "sweep: a click sorts");
  await close(page, "sweep-light");
}

{
  const page = await open("validate", "light");
  const rows = (await column(page, "rows", "run")).length;
  expect(rows > 20, "validate: every run has a row", rows);
  const model = (await column(page, "rows", "model"))[0];
  await page.evaluate(`(one => { one.value = "${model}"; one.dispatchEvent(new Event("input")); })(document.getElementById("rows-filter"))`);
  const left = (await column(page, "rows", "run")).length;
  expect(left > 0 && left < rows, "validate: the field filters", left);
  await close(page, "validate-light");
}

await browser.stop();
if (failures === 0) console.log("the pages of plan, sweep and validate sort, choose, point, copy and print");
process.exit(failures ? 1 : 0);
