/**
 * @file Live passes: what one types is traced and compiled at once, for a moment, on the CPU device; what was shown stays until there is
 * something new.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { start } from "./playground.mjs";

let world;
let site;
before(async () => {
  world = await start();
  site = await world.open();
  await site.settled();
});
after(async () => {
  await site.close();
  await world.close();
});

const main = () => site.page.locator("main").evaluate(({ dataset }) => ({ output: dataset.output, graph: dataset.freshness }));

/** Types a text and waits for its live pass; gives the milliseconds until its graphs were drawn. */
async function type(code, graph = "live") {
  const start = Date.now();
  await site.write(code);
  await site.page.locator("main[data-output=live]").waitFor();
  await site.page.locator(`main[data-freshness=${graph}]`).waitFor();
  await site.page.locator("[data-testid=graph-after][aria-busy=false]").waitFor({ state: "attached" });
  return Date.now() - start;
}

const header = 'import { compile, init, ones } from "interfuse";\nawait init();\n';

describe("a live pass", () => {
  it("shows graphs, values and statistics of what was typed, marked as live, and Run makes them current", async () => {
    await type(`${header}const f = compile((x) => x.mul(3).exp());\nconsole.log("value", f(ones([2])));`);
    assert.deepEqual(await main(), { output: "live", graph: "live" });
    assert.match(await site.text("output"), /20\.0855/);
    assert.match(await site.text("freshness"), /press Run/);
    const nodes = await site.nodes("graph-before");
    await type(`${header}const f = compile((x) => x.mul(3).exp().add(x));\nconsole.log("value", f(ones([2])));`);
    assert.equal((await site.nodes("graph-before")).length, nodes.length + 1);
    await site.run();
    await site.settled();
    assert.deepEqual(await main(), { output: "current", graph: "current" });
    assert.equal(await site.at("freshness").count(), 0);
  });

  it("ends in time whatever the program does, and shows what was compiled until then", async () => {
    const loops = {
      "a loop without end": `${header}const f = compile((x) => x.mul(2).exp());\nf(ones([3]));\nconsole.log("before");\nwhile (true) {}`,
      "a thousand steps with reads": `${header}const f = compile((x) => x.mul(2).add(1));\nlet y = ones([4]);\nfor (let i = 0; i < 1000; i++) { y = f(ones([4])); await y.data(); }\nconsole.log(y);`,
      "example 23": readFileSync(new URL("../../web/playground/examples/23-character-transformer.ts", import.meta.url), "utf8"),
    };
    for (const [name, code] of Object.entries(loops)) {
      const ms = await type(code);
      console.log(`${name}: graphs ${ms} ms after it was typed`);
      assert.ok((await site.nodes("graph-after")).length > 0, name);
      // What it was in is over: the page answers at once, and nothing more comes.
      const before = await site.text("output");
      await site.page.waitForTimeout(300);
      assert.equal(await site.text("output"), before, name);
      assert.equal(await site.at("output").getAttribute("data-state"), "done", "the run before is not touched");
    }
  });

  it("keeps what was shown when the text has an error, and marks whose it is", async () => {
    await type(`${header}const f = compile((x) => x.mul(2).exp());\nf(ones([3]));`);
    const shown = await site.nodes("graph-before");
    await site.write(`${header}const f = compile((x) => x.mul(2).exp(`);
    await site.page.locator("[data-testid=output] [role=alert]", { hasText: /line 3/ }).waitFor();
    assert.deepEqual(await main(), { output: "live", graph: "stale" });
    assert.deepEqual(await site.nodes("graph-before"), shown);
    assert.match(await site.text("freshness"), /before the edit/);
    // A run with an error leaves them as well.
    await site.write(`${header}ones([2, 3]).add(ones([4]));`);
    await site.run();
    await site.state("failed");
    assert.deepEqual(await site.nodes("graph-before"), shown);
    assert.deepEqual(await main(), { output: "current", graph: "stale" });
  });

  it("says of a function that it did not reach: press Run", async () => {
    await type(
      `${header}const f = compile((x) => x.mul(2).exp());\nconst late = compile((x) => x.add(1));\nf(ones([3]));\nwhile (true) {}\nlate(ones([3]));`,
    );
    const functions = site.at("functions");
    assert.match(await functions.innerText(), /late · not reached/);
    await functions.selectOption({ label: "late · not reached" });
    await site.page.locator("[data-testid=graph-before]", { hasText: "late was not reached in the first moments: press Run." }).waitFor();
    await functions.selectOption({ label: "f" });
    await site.at("graph-before").locator("[data-node]").first().waitFor();
  });

  it("goes on with what was looked at", async () => {
    const two = (n) =>
      `${header}const f = compile((x) => x.mul(${n}).exp());\nconst g = compile((x) => x.sub(${n}).sin());\nf(ones([3]));\ng(ones([3]));`;
    await type(two(2));
    await site.at("functions").selectOption({ label: "f" });
    await site.at("graph-before").locator("[data-node]", { hasText: "exp" }).waitFor();
    await site.at("graph-before").locator("[data-node]", { hasText: "exp" }).click();
    await type(two(3));
    assert.equal(await site.at("functions").evaluate((select) => select.selectedOptions[0].textContent), "f");
    assert.equal(await site.at("graph-before").locator(".node.marked", { hasText: "exp" }).count(), 1, "the pin is kept");
  });

  it("has 64 MiB and reads real values within them", async () => {
    await type(
      `${header}const f = compile((x) => x.mul(2));\nconsole.log("sum", await f(ones([1000])).sum().item());\nawait ones([5000, 5000]).data();`,
    );
    assert.match(await site.text("output"), /sum\s+2000[\s\S]*LimitError/);
  });
});
