/**
 * @file What a hostile program can do to the page and to the world: nothing. Programs attack from inside of the sandbox, and then whole
 * workers are replaced by hostile ones, which speak to the page as they like.
 */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, describe, it } from "node:test";
import { start } from "./playground.mjs";

let world;
/** Another site, that hears of every request. */
let elsewhere;
const heard = [];
before(async () => {
  world = await start();
  elsewhere = createServer((request, response) => {
    heard.push(request.url);
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("content-type", "text/javascript");
    response.end("export default 1;");
  });
  await new Promise((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
});
after(async () => {
  await world.close();
  elsewhere.close();
});

/** The page answers: nothing holds its thread. Other tests may hold the machine. */
async function answers(site, within = 3000) {
  const start = Date.now();
  await site.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
  const ms = Date.now() - start;
  assert.ok(ms < within, `the page took ${ms} ms to answer`);
}

describe("a program in the sandbox", () => {
  it("reaches no network, no storage, no page and no GPU", async () => {
    const site = await world.open();
    await site.settled();
    // What is to be protected is there.
    await site.page.evaluate(async () => {
      localStorage.setItem("secret", "1");
      await new Promise((resolve) => (indexedDB.open("secrets").onsuccess = resolve));
      await (await caches.open("secrets")).put("/index.html", new Response("mine"));
      globalThis.spied = [];
      new BroadcastChannel("spy").onmessage = ({ data }) => globalThis.spied.push(data);
      addEventListener("message", ({ data }) => globalThis.spied.push(data));
    });
    const other = `http://127.0.0.1:${elsewhere.address().port}`;
    await site.write(`
const tries: Record<string, () => unknown> = {
  fetch: () => fetch(${JSON.stringify(`${other}/fetch`)}).then((r) => r.status),
  "fetch here": () => fetch(${JSON.stringify(`${world.url}/index.html`)}).then((r) => r.status),
  XMLHttpRequest: () => new Promise((yes, no) => { const x = new XMLHttpRequest(); x.onload = () => yes(x.status); x.onerror = no; x.open("GET", ${JSON.stringify(`${other}/xhr`)}); x.send(); }),
  WebSocket: () => new Promise((yes, no) => { const w = new WebSocket(${JSON.stringify(`${other.replace("http", "ws")}/ws`)}); w.onopen = yes; w.onerror = no; }),
  EventSource: () => new Promise((yes, no) => { const s = new EventSource(${JSON.stringify(`${other}/events`)}); s.onopen = yes; s.onerror = no; }),
  importScripts: () => (globalThis as any).importScripts(${JSON.stringify(`${other}/scripts.js`)}),
  "dynamic import": () => { const at = ${JSON.stringify(`${other}/module.js`)}; return import(at); },
  eval: () => (0, eval)("1 + 1"),
  Function: () => new Function("return 1")(),
  indexedDB: () => new Promise((yes, no) => { const o = indexedDB.open("secrets"); o.onsuccess = yes; o.onerror = no; }),
  databases: () => indexedDB.databases(),
  caches: () => caches.open("secrets"),
  OPFS: () => navigator.storage.getDirectory(),
  localStorage: () => (globalThis as any).localStorage.getItem("secret"),
  cookie: () => (globalThis as any).document.cookie,
  parent: () => (globalThis as any).parent.location.href,
  opener: () => (globalThis as any).opener.location.href,
  SharedWorker: () => new (globalThis as any).SharedWorker("data:text/javascript,1"),
  serviceWorker: () => (navigator as any).serviceWorker.getRegistrations(),
  gpu: () => (navigator as any).gpu.requestAdapter(),
};
console.log("origin", self.origin);
for (const [name, act] of Object.entries(tries)) {
  try { console.log("REACHED", name, String(await act())); } catch (e) { console.log("blocked", name); }
}
new BroadcastChannel("spy").postMessage("from the program");
postMessage("from the program");
const nested = new Worker(URL.createObjectURL(new Blob(["fetch('${other}/nested').catch(() => {}); importScripts('${other}/nested.js')"])));
await new Promise((resolve) => { nested.onerror = resolve; setTimeout(resolve, 300); });
`);
    await site.run();
    await site.state("done");
    const output = await site.text("output");
    assert.match(output, /origin\s+null/);
    assert.equal(output.match(/blocked/g)?.length, 20, output);
    assert.doesNotMatch(output, /REACHED/);
    assert.deepEqual(heard, []);
    assert.deepEqual(await site.page.evaluate(() => globalThis.spied), []);
    const kept = await site.page.evaluate(async () => ({
      databases: (await indexedDB.databases()).map(({ name }) => name),
      cached: await (await (await caches.open("secrets")).match("/index.html")).text(),
    }));
    assert.deepEqual(kept, { databases: ["secrets"], cached: "mine" });
    await site.page.context().close(); // what is blocked is told on the console
  });

  it("cannot keep the page from stopping it, whatever it does", async () => {
    const site = await world.open();
    await site.settled();
    for (const loop of [
      "while (true) {}",
      "for (;;) await null;",
      'for (let s = "a"; ; s += s.slice(0, 1)) JSON.stringify(s);',
      "const f = (): number => { try { return f(); } finally { f(); } }; f();",
      '/^(a+)+$/.test("a".repeat(40) + "b");',
      'for (;;) console.log("a".repeat(20_000));',
      'console.log("a".repeat(50_000_000)); for (;;) {}',
      "for (;;) postMessage({ type: 'done', ms: 0, functions: [], lastCalled: -1 });",
    ]) {
      await site.write(loop);
      await site.run();
      await site.page.waitForTimeout(300);
      await answers(site);
      const start = Date.now();
      await site.at("stop").click();
      await site.state("stopped", "done", "failed");
      // It takes 60 to 280 ms where nothing else runs.
      assert.ok(Date.now() - start < 3000, `${loop} took ${Date.now() - start} ms to stop`);
    }
    await site.write('console.log("well");');
    await site.run();
    await site.state("done");
    assert.match(await site.text("output"), /well/);
    await site.close();
  });

  it("that loops for ever is told where, and one that keeps timers can be stopped", async () => {
    const site = await world.open();
    await site.settled();
    await site.write("let n = 0;\nfor (const a of [1, 2]) n += a;\n\nwhile (true) {\n  n++;\n}\n");
    await site.run();
    await site.page.locator("section[aria-label=Output] .note", { hasText: "line 4" }).waitFor({ timeout: 8000 });
    await site.at("stop").click();
    await site.state("stopped");

    await site.write('let i = 0;\nsetInterval(() => console.log("tick " + i++), 60);');
    await site.run();
    await site.state("done");
    await site.page.locator("[data-testid=output]", { hasText: "tick 3" }).waitFor();
    await site.at("stop").click();
    await site.page.waitForTimeout(150);
    const stopped = await site.text("output");
    await site.page.waitForTimeout(300);
    assert.equal(await site.text("output"), stopped);
    assert.ok(await site.at("stop").isDisabled());
    await site.close();
  });

  it("is refused what is too large, and recovers from a throw in mid trace", async () => {
    const site = await world.open();
    await site.settled();
    await site.write('import { init, ones } from "interfuse";\nawait init();\n\nones([65536, 32768]);');
    await site.run();
    await site.state("failed");
    assert.match(await site.text("output"), /LimitError[\s\S]*line 4/);
    await site.try(`import { compile, init, ones } from "interfuse";
await init();
const f = compile((x) => { if (x.shape[0] === 2) throw new Error("in mid trace"); return x.mul(2).exp(); });
try { f(ones([2])); } catch (e) { console.log(String(e)); }
console.log(f(ones([3])));`);
    assert.match(await site.text("output"), /in mid trace[\s\S]*7\.38906/);
    await site.close();
  });

  it("that pollutes prototypes spoils its own output only", async () => {
    const site = await world.open();
    await site.settled();
    await site.write(`
Object.defineProperty(Object.prototype, "type", { set() {}, get() { return "unusable"; } });
(Object.prototype as any).toJSON = () => "trap";
(Array.prototype as any).map = () => ["trap"];
(Array.prototype as any).flatMap = () => ["trap"];
MessagePort.prototype.postMessage = () => { throw 1; };
console.log("polluted");
`);
    await site.run();
    await site.page.waitForTimeout(500);
    await answers(site);
    assert.equal(await site.page.evaluate(() => ({}).toJSON === undefined && [1].map((x) => x + 1)[0] === 2), true);
    if (await site.at("stop").isEnabled()) await site.at("stop").click();
    await site.write('console.log("clean", JSON.stringify({ a: [1].map((x) => x) }));');
    await site.run();
    await site.state("done");
    assert.match(await site.text("output"), /clean \{"a":\[1\]\}|clean\s+\{"a":\[1\]\}/);
    await site.close();
  });

  it("gets modules from elsewhere only from the page, which asks first", async () => {
    const site = await world.open();
    await site.settled();
    await site.page.route("https://modules.example/**", (route) =>
      route.fulfill({
        contentType: "text/javascript",
        headers: { "access-control-allow-origin": "*" },
        body: route.request().url().endsWith("inner.js")
          ? "export const two = 2;"
          : 'export { two } from "./inner.js"; export const one = 1;',
      }),
    );
    const code = 'import { one, two } from "https://modules.example/a/outer.js";\nconsole.log("got", one, two);';
    await site.write(code);
    await site.page.locator("main[data-output=live]").waitFor();
    assert.match(await site.text("output"), /press Run, and the page asks/);
    await site.run();
    const question = site.at("permission");
    await question.getByText("https://modules.example/a/outer.js").waitFor();
    await question.getByRole("button", { name: "Do not allow" }).click();
    await site.state("failed");
    assert.match(await site.text("output"), /was not allowed/);
    await site.run();
    await question.getByRole("button", { name: /^Allow/ }).click();
    await site.state("done");
    assert.match(await site.text("output"), /got\s+1\s+2/);
    // Stop takes a question back.
    await site.write('import "https://other.example/a.js";');
    await site.run();
    await question.getByText("other.example/a.js").waitFor();
    await site.page.keyboard.press("Escape");
    await site.state("failed");
    await site.close();
  });
});

describe("a hostile worker", () => {
  /** Answers as the page's own code does, and then does what the program's text says. */
  const hostile = (device) => `onmessage = ({ data }) => {
    onmessage = null;
    postMessage("here");
    const port = data.ports[0];
    port.postMessage({ type: "ready", device: ${JSON.stringify(device)} });
    port.onmessage = ({ data }) => {
      if (data.type === "run") (async () => { const attack = ATTACKS[data.code.trim()]; if (attack) await attack(port); })();
      if (data.type === "inspect" && globalThis.inspected) port.postMessage({ type: "inspection", ask: data.ask, inspection: globalThis.inspected });
    };
  };
  const done = { type: "done", ms: 0.1, functions: [], more: 0, lastCalled: -1 };
  const report = { id: 0, name: "f", calls: [{ label: "x", count: 1 }], lastCall: 0, entries: [], misses: [], capacity: 64, history: { before: 0, keys: [], calls: [] },
    stats: { hits: 0, misses: 1, fallbacks: 0, totalCompileTimeMs: 0, totalCachedExecTimeMs: 0, cacheSize: 1, hitRate: 0, traces: 1, evictions: 0, guardFailures: 0 } };
  const node = (id, operands) => ({ id, op: "add", operands, shape: [2], dtype: "float32", from: [id], detail: "" });
  const cost = { dispatches: 1, bytes: 1, peakBytes: 1 };
  const inspection = (nodes) => ({ signature: "", graphs: [{ pass: "trace", listing: "", graph: { nodes, outputs: [0] }, changes: 0, rules: [], applied: [], ms: 0 }], kernels: [], cuts: [],
    plan: { steps: [], buffers: [], peakBytes: 0, dispatches: 0 }, before: cost, after: cost });
  const ATTACKS = {
    "1": (port) => port.postMessage({ type: "ready", device: { ...${JSON.stringify(device)}, description: "FORGED", reason: "FORGED" } }),
    "2": (port) => port.postMessage({ type: "unusable", error: { name: "Error", message: "visit https://evil.example to fix" } }),
    "3": (port) => { port.postMessage(done); for (;;) {} },
    "4": (port) => port.postMessage({ ...done, error: { name: "DeviceError", message: "the device was lost" } }),
    "5": (port) => { globalThis.inspected = inspection(Array.from({ length: 200_000 }, (_, i) => node(i, [Math.max(0, i - 1), 0]))); port.postMessage({ ...done, functions: [report], lastCalled: 0 }); },
    "6": (port) => { for (const m of [null, 7, [], { type: "done" }, { type: "output", entries: null }]) port.postMessage(m); },
    "7": (port) => { for (;;) port.postMessage({ type: "output", entries: [{ level: "log", parts: [{ kind: "text", text: "flood" }] }] }); },
    "8": (port) => { setInterval(() => { for (let i = 0; i < 2000; i++) port.postMessage({ type: "pong", waiting: true }); }, 10); },
    "9": (port) => {}, // silent
    "10": (port) => { globalThis.inspected = inspection(Array.from({ length: 18_000 }, (_, i) => node(i, i % 2 ? [i + 1, i, 99_999] : [Math.max(0, i - 1), 0]))); port.postMessage({ ...done, functions: [report], lastCalled: 0 }); },
    "11": (port) => { port.postMessage({ type: "output", entries: [{ level: "log", parts: [{ kind: "text", text: "<img src=x onerror=alert(1)>" }] }] }); port.postMessage({ ...done, functions: [{ ...report, name: "<b id=injected>", calls: [{ label: "<i id=injected>", count: 1 }] }], lastCalled: 0 }); },
    "12": (port) => { self.close(); },
    "13": (port) => { const big = "a".repeat(60_000); for (;;) port.postMessage({ type: "output", entries: Array(500).fill({ level: "log", parts: [{ kind: "text", text: big }] }) }); },
  };`;

  it("changes nothing but its own panes", async () => {
    const site = await world.open({ url: "about:blank" });
    const device = {
      kind: "cpu",
      vendor: "",
      architecture: "",
      device: "CPU",
      description: "",
      backend: "cpu",
      isFallback: true,
      features: [],
      limits: { storageBuffers: 8, bindingBytes: 1, bufferBytes: 1, workgroupsPerDimension: 1, workgroupInvocations: 1, workgroupBytes: 1 },
      reason: "honest",
    };
    let isBoxed = false;
    await site.page.route("**/program-*.js", (route) => {
      isBoxed = true;
      return route.fulfill({ contentType: "text/javascript", body: hostile(device) });
    });
    await site.page.addInitScript(() => {
      // The frame of the sandbox has no storage.
      if (window === top) localStorage.setItem("interfuse.device", "cpu");
    });
    await site.page.goto(world.url);
    await site.page.locator("[data-testid=device-info]", { hasText: "CPU" }).waitFor();
    assert.ok(isBoxed);
    const header = () => site.text("device-info");
    const before = await header();
    for (let attack = 1; attack <= 13; attack++) {
      await site.write(String(attack));
      await site.run();
      await site.page.waitForTimeout(attack === 10 || attack === 5 ? 2500 : 700);
      await answers(site);
      assert.equal(await header(), before, `attack ${attack} changed the header`);
      assert.doesNotMatch(await site.page.locator("body").innerText(), /evil\.example|FORGED/);
      if (await site.at("stop").isEnabled()) {
        await site.at("stop").click();
        await site.page.waitForTimeout(50);
      }
      assert.ok(await site.at("stop").isDisabled(), `attack ${attack}: stopped`);
      assert.equal(await site.page.locator("#injected").count(), 0);
    }
    assert.equal(await site.page.evaluate(() => localStorage.getItem("interfuse.device")), "cpu");
    await site.close();
  });
});

describe("a link", () => {
  it("does not change the device that was chosen", async () => {
    const site = await world.open();
    await site.settled();
    await site.at("device").selectOption("cpu");
    await site.settled();
    await site.page.getByRole("button", { name: "Share" }).click();
    await site.page.waitForURL(/#1\//);
    const link = site.page.url();
    await site.close();
    const other = await world.open({ url: link });
    await other.page.locator("[data-testid=device-info]", { hasText: "CPU" }).waitFor();
    assert.equal(await other.page.evaluate(() => localStorage.getItem("interfuse.device")), null);
    await other.close();
  });
});

describe("a browser that refuses the sandbox", () => {
  it("runs built-in examples, and says why it runs nothing else", async () => {
    const site = await world.open({ url: "about:blank" });
    await site.page.route("**/sandbox.html", (route) => route.abort());
    await site.page.goto(world.url);
    await site.state("done");
    assert.match(await site.text("output"), /-0\.158655/);
    await site.write('console.log("mine");');
    await site.run();
    await site.page.locator("[data-testid=notice]", { hasText: /only the built-in examples run here/ }).waitFor();
    assert.doesNotMatch(await site.text("output"), /mine/);
    await site.page.context().close(); // the refusal is told on the console
  });
});
