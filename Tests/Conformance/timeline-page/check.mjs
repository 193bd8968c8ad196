// Opens a timeline's page and picture in a headless Chromium, uses them as a person would, and keeps screenshots to look at.
//
//   node check.mjs PAGE.html PICTURE.svg FOLDER_FOR_SCREENSHOTS
//
// Exits 1 with a line for each expectation that failed.

import { resolve, join } from "node:path";
import { startBrowser } from "./browser.mjs";

const [pagePath, picturePath, folder] = process.argv.slice(2).map((path) => resolve(path));
if (!folder) {
  console.error("usage: node check.mjs PAGE.html PICTURE.svg FOLDER_FOR_SCREENSHOTS");
  process.exit(64);
}

let failures = 0;
function expect(holds, words, seen) {
  if (holds) return;
  failures++;
  console.error(`failed: ${words}${seen === undefined ? "" : ` (saw ${JSON.stringify(seen)})`}`);
}

const wait = (milliseconds) => new Promise((wake) => setTimeout(wake, milliseconds));
const browser = await startBrowser();

async function checkPage(scheme, background) {
  const page = await browser.open(pagePath, { scheme, width: 1440, height: 900 });
  await page.settle();
  await page.screenshot(join(folder, `page-${scheme}.png`));
  const paper = await page.evaluate("getComputedStyle(document.body).backgroundColor");
  expect(paper === background, `${scheme}: the page follows the preferred scheme`, paper);

  const tip = () => page.evaluate("(t => getComputedStyle(t).visibility === 'visible' ? t.innerText : '')(document.getElementById('tip'))");
  const view = async () => {
    await wait(250);
    const parts = new URLSearchParams((await page.evaluate("location.hash")).slice(1));
    return [parts.get("from") && Number(parts.get("from")), parts.get("to") && Number(parts.get("to"))];
  };
  const top = await page.evaluate("document.getElementById('chart').getBoundingClientRect().top");

  // The first operation of rank 0 begins the step.
  await page.mouse("mouseMoved", 88, top + 30 + 18);
  await page.settle();
  const first = await tip();
  for (const words of ["Forward, micro-batch 0", "start\n0 s", "length", "waits for\nnothing", "On the critical path"]) {
    expect(first.includes(words), `${scheme}: hovering the first operation says "${words.replace("\n", " ")}"`, first);
  }
  // Somewhere on rank 0 an operation waits for another.
  let caused = "";
  for (let x = 100; x < 1400 && !caused; x += 3) {
    await page.mouse("mouseMoved", x, top + 30 + 18);
    const text = await tip();
    if (/waits for\n\S+.* on rank \d+, until /.test(text)) caused = text;
  }
  expect(caused !== "", `${scheme}: an operation names what it waits for`);
  await page.screenshot(join(folder, `page-${scheme}-hover.png`));

  // The wheel zooms around the pointer.
  await page.mouse("mouseWheel", 700, top + 200, { deltaX: 0, deltaY: -240 });
  await page.mouse("mouseWheel", 700, top + 200, { deltaX: 0, deltaY: -240 });
  const zoomed = await view();
  expect(zoomed[0] > 0 && zoomed[1] > zoomed[0], `${scheme}: the wheel zooms in`, zoomed);
  await page.screenshot(join(folder, `page-${scheme}-zoomed.png`));

  // Dragging to the left shows later times, of the same length.
  await page.mouse("mousePressed", 700, top + 200, { button: "left", buttons: 1, clickCount: 1 });
  await page.mouse("mouseMoved", 650, top + 200, { button: "left", buttons: 1 });
  await page.mouse("mouseMoved", 600, top + 200, { button: "left", buttons: 1 });
  await page.mouse("mouseReleased", 600, top + 200, { button: "left", clickCount: 1 });
  const panned = await view();
  expect(panned[0] > zoomed[0] && Math.abs(panned[1] - panned[0] - zoomed[1] + zoomed[0]) < 1e-6, `${scheme}: dragging pans`, [zoomed, panned]);

  await page.key("0");
  expect((await view())[0] === null, `${scheme}: 0 shows the whole step again`, await view());

  await page.mouse("mousePressed", 88, top + 48, { button: "left", buttons: 1, clickCount: 1 });
  await page.mouse("mouseReleased", 88, top + 48, { button: "left", clickCount: 1 });
  await page.settle();
  const followed = await page.evaluate("document.getElementById('followed').textContent");
  expect(followed.startsWith("following micro-batch 0"), `${scheme}: a click follows a micro-batch`, followed);
  await page.screenshot(join(folder, `page-${scheme}-followed.png`));

  // Memory lies under the rank: further down until the tip says so.
  let memory = "";
  for (let y = 40; y < 140 && !memory; y += 3) {
    await page.mouse("mouseMoved", 500, top + 30 + y);
    const text = await tip();
    if (text.startsWith("Memory of rank 0")) memory = text;
  }
  expect(/in use\n[\d.]+ (chunks?|GiB)/.test(memory), `${scheme}: hovering the memory says how much is in use`, memory);

  expect(page.problems.length === 0, `${scheme}: the page has no errors`, page.problems);
  expect(page.requests.every((url) => url.startsWith("file://")) && page.requests.length === 1, `${scheme}: the page asks for nothing`, page.requests);
  const frames = await page.evaluate(`(async () => {
    const started = performance.now();
    for (let i = 0; i < 10; i++) {
      document.getElementById("chart").dispatchEvent(new WheelEvent("wheel", { deltaY: i < 5 ? -120 : 120, clientX: 700, clientY: 300, cancelable: true }));
      await new Promise((done) => requestAnimationFrame(done));
    }
    return (performance.now() - started) / 10;
  })()`);
  console.log(`${scheme}: ${frames.toFixed(0)} ms a frame while zooming, without a graphics card`);
  await page.close();
}

async function checkPicture(scheme) {
  const page = await browser.open(picturePath, { scheme, width: 1440, height: 900 });
  await page.screenshot(join(folder, `picture-${scheme}.png`));
  const box = () => page.evaluate("document.documentElement.getAttribute('viewBox').split(' ').map(Number)");
  const before = await box();
  await page.mouse("mouseWheel", 700, 300, { deltaX: 0, deltaY: -240 });
  await page.settle();
  const after = await box();
  expect(after[2] < before[2] && after[0] > before[0], `${scheme}: the wheel zooms into the picture`, [before, after]);
  const title = await page.evaluate("document.querySelector('.operation title')?.textContent ?? ''");
  expect(/micro-batch 0.*\nstart .*length .*\nwaits for /s.test(title), `${scheme}: an operation of the picture has its facts`, title);
  expect(page.problems.length === 0 && page.requests.length === 1, `${scheme}: the picture has no errors`, [page.problems, page.requests]);
  await page.close();
}

try {
  await checkPage("light", "rgb(255, 255, 255)");
  await checkPage("dark", "rgb(18, 22, 29)");
  await checkPicture("light");
  await checkPicture("dark");
} finally {
  await browser.stop();
}
process.exit(failures > 0 ? 1 : 0);
