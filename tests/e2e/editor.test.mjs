/** @file The editor in Chromium: TypeScript's services come with the first focus, and do what they do elsewhere. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { readdirSync } from "node:fs";
import { start } from "./playground.mjs";

let world;
let site;
const fetched = [];
before(async () => {
  world = await start();
  site = await world.open({ url: "about:blank" });
  site.page.on("request", (request) => fetched.push(request.url()));
  await site.page.goto(world.url);
  await site.settled();
});
after(async () => {
  await site.close();
  await world.close();
});

const header = 'import { compile, init, ones } from "interfuse";\nawait init();\n';
const squiggles = () => site.page.locator(".cm-lintRange-error");

describe("TypeScript in the editor", () => {
  it("is fetched with the first focus and not before", async () => {
    assert.ok(!fetched.some((url) => /checker|services/.test(url)), `${fetched}`);
    await site.write(`${header}const n: number = "x";`);
    await squiggles().first().waitFor({ timeout: 20_000 });
    assert.ok(fetched.some((url) => /checker/.test(url)));
    assert.equal(await squiggles().first().innerText(), "n");
    await squiggles().first().hover();
    await site.page.locator(".cm-tooltip-lint", { hasText: "Type 'string' is not assignable to type 'number'" }).waitFor();
  });

  it("underlines a tensor as a condition", async () => {
    await site.write(`${header}const t = ones([1]);\nif (t.greater(0)) console.log(1);`);
    await site.page.locator(".cm-lintRange-error", { hasText: "t.greater(0)" }).waitFor();
  });

  it("completes by type", async () => {
    await site.write(`${header}const t = ones([2]);\nt`);
    await site.page.keyboard.type(".");
    const list = site.page.locator(".cm-tooltip-autocomplete");
    await list.waitFor();
    await site.page.keyboard.type("resh");
    await list.locator("li", { hasText: "reshape" }).waitFor();
    await list
      .locator(".cm-completionInfo, .cm-described")
      .first()
      .waitFor()
      .catch(() => undefined);
    await site.page.keyboard.press("Enter");
    assert.match(await site.at("editor").innerText(), /t\.reshape/);
  });

  it("shows the signature while a call is written, and closes it with Escape", async () => {
    await site.write(`${header}const t = ones([2]);\nt.sum`);
    await site.page.keyboard.type("(");
    const signature = site.page.locator(".cm-signature");
    await signature.locator("strong", { hasText: "axis" }).waitFor();
    // The list of completions, if it is open, goes first.
    await site.page.keyboard.press("Escape");
    await site.page.keyboard.press("Escape");
    await signature.waitFor({ state: "detached" });
  });

  it("says what a name is under the pointer", async () => {
    await site.write(`${header}const t = ones([2]).transpose();`);
    await site.page.locator(".cm-line", { hasText: "transpose" }).getByText("transpose").last().hover();
    await site.page.locator(".cm-tooltip-hover .cm-described", { hasText: "transpose(" }).waitFor();
  });
});

/** Opens an example and waits for its run: what ran before may still be there. */
async function openExample(id) {
  await site.at("examples").selectOption(id);
  await site.page.waitForURL(`**/#example=${id}`);
  await site.page.locator("main[data-freshness=current][data-output=current]").waitFor();
  await site.settled();
}

describe("an error of the program", () => {
  const failed = (line) => site.page.locator(".cm-failed", { hasText: line });

  it("is underlined at its line with the hint, its number is marked, and an edit takes both away", async () => {
    await site.write(`${header}const f = compile((x) => x.reshape([3]));\nf(ones([2]));`);
    await failed("x.reshape").waitFor();
    assert.equal(await site.page.locator(".cm-failed-number").innerText(), "3");
    const mark = site.page.locator(".cm-failed .cm-lintRange-error");
    await mark.first().hover();
    await site.page.locator(".cm-tooltip-lint .cm-diagnosticSource", { hasText: "this run" }).waitFor();
    await site.write(`${header}const f = compile((x) => x.reshape([2]));\nf(ones([2]));`);
    await site.page.locator(".cm-failed, .cm-failed-number, .cm-lintRange-error").first().waitFor({ state: "detached" });
  });

  it("has its line when it is an import or the syntax", async () => {
    await site.write('const n = 1;\n\nimport { nothing } from "interfuse";\nconsole.log(n, nothing);');
    await failed("nothing } from").waitFor();
    await site.write('const n = 1;\nimport { x } from "elsewhere";\nconsole.log(n, x);');
    await failed("elsewhere").waitFor();
    await site.write("const n = 1;\nconst = 2;");
    await failed("const = 2;").waitFor();
  });
});

describe("the program", () => {
  it("shows the types of its lines, and new ones after an edit", async () => {
    const types = (line) => site.page.locator(".cm-line", { hasText: line }).locator(".cm-types").first();
    await site.write(`${header}const f = compile((x) => {\n  const y = x.mul(2).sum(1);\n  return y.exp();\n});\nf(ones([2, 3]));`);
    await types("x.mul(2)").filter({ hasText: "f32[2]" }).waitFor();
    assert.equal(await types("x.mul(2)").innerText(), "f32[2]", "what is used on the line itself is left out");
    await site.write(`${header}const f = compile((x) => {\n  const y = x.mul(2).sum(0);\n  return y.exp();\n});\nf(ones([2, 3]));`);
    await types("x.mul(2)").filter({ hasText: "f32[3]" }).waitFor();
  });

  it("is wrapped no differently because of its types, which are paler while they are of an earlier text", async () => {
    const body = "x.mul(2).add(1).sub(3).div(2).mul(4).exp().log().sqrt().abs().neg().mul(0.5)";
    await site.write(`${header}const f = compile((x) => ${body});\nf(ones([1, 2, 3, 4, 5, 6]));`);
    const line = site.page.locator(".cm-line", { hasText: "x.mul(2).add" });
    await line.locator(".cm-types").filter({ hasText: "f32[1,2,3,4,5,6]" }).waitFor();
    const heights = await line.evaluate((line) => {
      const before = line.getBoundingClientRect().height;
      line.querySelector(".cm-types").remove();
      return [before, line.getBoundingClientRect().height];
    });
    assert.equal(heights[0], heights[1]);
    await site.write(`${header}const f = compile((x) => x.mul(2));\nf(ones([2]));\nlet i = 0;`);
    const paleness = () => site.page.locator(".cm-types").evaluate((types) => getComputedStyle(types).opacity);
    await site.page.locator(".cm-types").filter({ hasText: "f32[2]" }).waitFor();
    assert.equal(await paleness(), "1");
    await site.page.keyboard.type("\n}");
    assert.equal(await paleness(), "0.55");
  });

  it("is kept when an example is opened: by undo, and among the drafts", async () => {
    await site.write('console.log("mine, and dear to me");');
    await openExample("10-attention");
    const editor = site.at("editor");
    assert.doesNotMatch(await editor.innerText(), /dear to me/);
    await editor.locator(".cm-content").focus();
    await site.page.keyboard.press("ControlOrMeta+Z");
    await editor.filter({ hasText: "dear to me" }).waitFor();
    await openExample("02-softmax");
    const draft = site.at("examples").locator("optgroup[label='Your drafts'] option", { hasText: "dear to me" });
    assert.equal(await draft.count(), 1);
    await site.at("examples").selectOption(await draft.getAttribute("value"));
    await editor.filter({ hasText: "dear to me" }).waitFor();
    await site.page.reload();
    await editor.filter({ hasText: "dear to me" }).waitFor();
  });

  it("is kept when another tab remembers its own", async () => {
    await site.write('console.log("of the first tab");');
    const other = await site.page.context().newPage();
    await other.goto(world.url);
    await other.locator(".cm-content").click();
    await other.keyboard.press("ControlOrMeta+A");
    await other.keyboard.insertText('console.log("of the second tab");');
    const kept = (page) => page.getByTestId("examples").locator("option", { hasText: "of the first tab" });
    await kept(site.page).waitFor({ state: "attached" });
    await kept(other).waitFor({ state: "attached" });
    await other.close();
  });

  it("is undone step by step as well where it was written before the history was fetched", async () => {
    const early = await world.open({ url: "about:blank" });
    let load;
    const mayLoad = new Promise((resolve) => (load = resolve));
    await early.page.route(/services-/, (route) => mayLoad.then(() => route.continue()));
    await early.page.goto(world.url);
    const editor = early.at("editor");
    await early.write('console.log("first");');
    await early.at("examples").selectOption("10-attention");
    await editor.filter({ hasText: "attention" }).waitFor();
    const fetched = early.page.waitForResponse(/checker/);
    load();
    await fetched;
    await editor.locator(".cm-content").focus();
    await early.page.keyboard.press("ControlOrMeta+Z");
    await editor.filter({ hasText: 'console.log("first");' }).waitFor();
    await early.page.keyboard.press("ControlOrMeta+Z");
    await editor.filter({ hasText: "GELU, one kernel" }).waitFor();
    assert.deepEqual(early.complaints, []);
    await early.close();
  });

  it("has an address when it is an example, and a reload stays there", async () => {
    await openExample("11-reductions");
    await site.page.reload();
    await site.settled();
    assert.equal(await site.at("examples").inputValue(), "11-reductions");
    const options = site.at("examples").locator("optgroup:not([label='Your drafts']) option");
    const grouped = await options.evaluateAll((all) => all.map(({ value }) => value));
    const files = readdirSync(new URL("../../web/playground/examples/", import.meta.url));
    assert.deepEqual(
      grouped.sort(),
      files.map((file) => file.slice(0, -3)),
      "every example is in one group",
    );
    await site.page.goto(`${world.url}#example=99-none`);
    await site.at("notice").filter({ hasText: "no example of this name" }).waitFor();
  });
});
