// A headless Chromium, driven over its debugging pipe (Chrome DevTools Protocol): no packages needed.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Starts the browser; `program` is its command. */
export async function startBrowser(program = process.env.CHROMIUM ?? "chromium") {
  const profile = mkdtempSync(join(tmpdir(), "meshwright-chromium-"));
  const child = spawn(program, ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
    "--remote-debugging-pipe", `--user-data-dir=${profile}`, "about:blank"], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  const waiting = new Map(), listeners = [];
  let next = 1, rest = "";
  child.stdio[4].on("data", (data) => {
    const messages = (rest + data).split("\0");
    rest = messages.pop();
    for (const text of messages) {
      const message = JSON.parse(text), answer = waiting.get(message.id);
      waiting.delete(message.id);
      if (answer) message.error ? answer.reject(new Error(message.error.message)) : answer.resolve(message.result);
      else listeners.forEach((listen) => listen(message));
    }
  });
  const send = (method, params = {}, sessionId) => new Promise((resolve, reject) => {
    waiting.set(next, { resolve, reject });
    child.stdio[3].write(`${JSON.stringify({ id: next++, method, params, sessionId })}\0`);
  });

  return {
    /** Opens a file; `scheme` is what the system prefers, light or dark. */
    async open(path, { scheme = "light", width = 1280, height = 720, ratio = 1, hash = "" } = {}) {
      const { targetId } = await send("Target.createTarget", { url: "about:blank" });
      const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
      const call = (method, params) => send(method, params, sessionId);
      const problems = [], requests = [];
      // The blank page that a target starts with loads too: only the loader that the navigation names counts.
      const loaded = new Set();
      let wake = () => {};
      listeners.push((message) => {
        if (message.sessionId !== sessionId) return;
        if (message.method === "Runtime.exceptionThrown") {
          problems.push(message.params.exceptionDetails.exception?.description ?? message.params.exceptionDetails.text);
        }
        if (message.method === "Log.entryAdded" && message.params.entry.level === "error") problems.push(message.params.entry.text);
        if (message.method === "Network.requestWillBeSent") requests.push(message.params.request.url);
        if (message.method === "Page.lifecycleEvent" && message.params.name === "load") {
          loaded.add(message.params.loaderId);
          wake();
        }
      });
      for (const domain of ["Page", "Runtime", "Log", "Network"]) await call(`${domain}.enable`);
      await call("Page.setLifecycleEventsEnabled", { enabled: true });
      await call("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: ratio, mobile: false });
      await call("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
      const { loaderId } = await call("Page.navigate", { url: `file://${path}${hash}` });
      while (!loaded.has(loaderId)) await new Promise((resolve) => { wake = resolve; });
      const page = {
        problems, requests,
        async evaluate(expression) {
          const { result, exceptionDetails } = await call("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
          if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
          return result.value;
        },
        /** Two frames: what was asked for is drawn. */
        settle: () => page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))"),
        mouse: (type, x, y, more = {}) => call("Input.dispatchMouseEvent", { type, x, y, ...more }),
        async key(key) {
          await call("Input.dispatchKeyEvent", { type: "keyDown", key, text: key.length === 1 ? key : undefined });
          await call("Input.dispatchKeyEvent", { type: "keyUp", key });
        },
        async screenshot(file) {
          await page.settle();
          const { data } = await call("Page.captureScreenshot", { format: "png" });
          writeFileSync(file, Buffer.from(data, "base64"));
        },
        /** The page as it prints, as PDF into a file. */
        async print(file) {
          const { data } = await call("Page.printToPDF", { printBackground: true, preferCSSPageSize: true });
          writeFileSync(file, Buffer.from(data, "base64"));
        },
        close: () => send("Target.closeTarget", { targetId }),
      };
      return page;
    },
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      await send("Browser.close").catch(() => {});
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
