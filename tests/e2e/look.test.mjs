/**
 * @file The look of the page, for everybody: axe finds nothing in any view, in both themes, at the width of a desktop and of a phone.
 */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { after, before, describe, it } from "node:test";
import { start } from "./playground.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Pictures of the main views, of every run: for people to look at. */
const pictures = fileURLToPath(new URL("../../target/screenshots/", import.meta.url));

const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

/** What the panes can show: a program, or what is done to the one before. */
const VIEWS = {
  "an example, with something pinned": async (site) => {
    await site.at("graph-after").locator("[data-node]").nth(2).click();
    await site.page.locator(".cm-linked").first().waitFor();
  },
  "an edit, shown live": async (site) => {
    await site.page.keyboard.press("Escape");
    await site.write(
      'import { compile, ones, zeros } from "interfuse";\n\nconst f = compile((x) => x.sin().mul(2));\nf(zeros([3]));\nconsole.log(f.stats);\n',
    );
    await site.page.locator("main[data-freshness=live] .cm-types").first().waitFor();
  },
  "a completion": async (site) => {
    await site.at("editor").locator(".cm-content").click();
    await site.page.keyboard.press("ControlOrMeta+End");
    await site.page.keyboard.type("f.st");
    await site.page.locator(".cm-tooltip-autocomplete").waitFor();
  },
  "a mistake": async (site) => {
    await site.write(
      'import { compile, ones, zeros } from "interfuse";\n\nconst f = compile((x) => x.sin().add(ones([5])));\nconsole.warn("soon");\nf(zeros([3]));\n',
    );
    await site.run();
    await site.state("failed");
  },
  "all kinds of output": (site) =>
    site.try(`import { compile, arange, ones } from "interfuse";
import { chart, image, progress } from "playground";

const f = compile((x) => x.exp().sum(), { maxCacheSize: 2 });
for (let i = 1; i < 5; i++) f(ones([i, 2]));
console.log(f.stats, arange(5000), { a: ones([2]) }, ones([12, 12]));
console.error("a line of an error");
console.log("https://example.org/a/rather/long/address/without/a/place/to/break/it ".repeat(4));
const curve = chart("loss", { curves: ["one", "two"] });
for (let i = 0; i < 10; i++) curve.add(i, i * i, i);
await image(ones([8, 8]), { title: "white" });
progress(3, 4, "epochs");
`),
  "a question": async (site) => {
    await site.write('import "https://example.org/module.js";\n');
    await site.run();
    await site.page.getByRole("dialog").waitFor();
  },
};

describe("the look of the page", () => {
  let site;
  let one;
  before(async () => {
    site = await start();
    one = await site.open();
    await one.settled();
  });
  after(() => site.close());

  for (const [name, show] of Object.entries(VIEWS)) {
    it(`axe finds nothing in ${name}`, async () => {
      const { page } = one;
      await page.setViewportSize(SIZES.desktop);
      await show(one);
      // What is open above the panes looks the same beside each of them.
      const isOver = await page.locator("dialog[open], .cm-tooltip-autocomplete").first().isVisible();
      const found = [];
      for (const [size, viewport] of Object.entries(SIZES)) {
        await page.setViewportSize(viewport);
        const tabs = size === "phone" && !isOver ? await page.getByRole("tab").all() : [null];
        for (const tab of tabs) {
          await tab?.click();
          const where = [size, await tab?.innerText(), name].join(" ");
          for (const finding of await findings(page, "light")) found.push(`${where}: ${finding}`);
          // The other theme differs in its colours only.
          for (const finding of await findings(page, "dark", ["color-contrast"])) found.push(`${where}, dark: ${finding}`);
        }
      }
      assert.deepEqual(found, []);
    });
  }

  it("says what it is, and leads to the docs and to the package", async () => {
    const { page } = one;
    await page.setViewportSize(SIZES.desktop);
    await page.goto(site.url);
    assert.match(await one.text("about"), /^Interfuse is a tensor compiler/);
    assert.equal(await page.locator("h1").count(), 1);
    const hrefs = await one
      .at("about")
      .locator("a")
      .evaluateAll((links) => links.map(({ href }) => href));
    assert.ok(hrefs.includes("https://www.npmjs.com/package/interfuse"), hrefs.join());
    const pages = new Set(hrefs.filter((href) => href.startsWith(site.url)));
    assert.ok(pages.size > 0);
    for (const address of pages) {
      await page.goto(address);
      assert.deepEqual([...(await findings(page, "light")), ...(await findings(page, "dark", ["color-contrast"]))], [], address);
      const links = await page.locator("a").evaluateAll((all) => all.map((link) => link.href));
      for (const link of links) if (link.startsWith(`${site.url}/docs/`)) pages.add(link.split("#")[0]);
    }
    for (const address of pages) assert.equal((await fetch(address)).status, 200, address);
    await page.goto(site.url);
  });

  it("has type that grows with a very large screen, and bars that stay inside of a small one", async () => {
    const { page } = one;
    const heights = {};
    for (const width of [1440, 3840]) {
      await page.setViewportSize({ width, height: 1200 });
      heights[width] = (await page.locator(".cm-line").first().boundingBox()).height;
    }
    assert.ok(heights[3840] > 1.25 * heights[1440], JSON.stringify(heights));
    await page.setViewportSize({ width: 360, height: 640 });
    const outside = await page
      .locator("header *, [data-testid=about] *")
      .evaluateAll((all) => all.filter((element) => element.getBoundingClientRect().right > 361).map(({ outerHTML }) => outerHTML));
    assert.deepEqual(outside, []);
  });

  it("moves nothing where people ask for less motion", async () => {
    const { page } = one;
    await page.setViewportSize(SIZES.desktop);
    await page.emulateMedia({ reducedMotion: "reduce" });
    const moving = await page
      .locator("*")
      .evaluateAll((all) =>
        all
          .filter((element) => getComputedStyle(element).transitionDuration !== "0s" || element.getAnimations().length > 0)
          .map(({ className }) => className),
      );
    assert.deepEqual(moving, []);
  });

  it("is kept in pictures", async () => {
    const { page } = one;
    mkdirSync(pictures, { recursive: true });
    await page.setViewportSize(SIZES.desktop);
    await one.at("examples").selectOption("10-attention");
    await one.settled();
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      const tabs = size === "phone" ? await page.getByRole("tab").all() : [null];
      for (const tab of tabs) {
        await tab?.click();
        const name = [size, ...(tab === null ? [] : [(await tab.innerText()).toLowerCase()])].join("-");
        for (const colorScheme of ["light", "dark"]) {
          await page.emulateMedia({ colorScheme });
          await page.screenshot({ path: `${pictures}${name}-${colorScheme}.png` });
        }
      }
    }
  });
});

/** What axe has to say about the page as it is shown: rule, place and reason. */
async function findings(page, colorScheme, only = null) {
  await page.emulateMedia({ colorScheme });
  await page.evaluate(`window.axe === undefined && (0, function () { ${axe} })()`);
  const violations = await page.evaluate(look, only);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} (${failureSummary.split("\n")[1].trim()})`),
  );
}

/** In the page: runs axe once nothing has changed for a moment, and again if something changed meanwhile, which axe cannot bear. */
async function look(only) {
  let changed = performance.now();
  const changes = new MutationObserver(() => (changed = performance.now()));
  changes.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  // The frame of the sandbox shows nothing, and nothing of the page may run in it.
  const options = { iframes: false, rules: { "target-size": { enabled: true } }, ...(only && { runOnly: only }) };
  for (;;) {
    while (performance.now() - changed < 150) await new Promise((resolve) => setTimeout(resolve, 50));
    const started = performance.now();
    const result = await globalThis.axe.run(document, options).catch((reason) => ({ reason }));
    if (changed > started) continue;
    changes.disconnect();
    if (result.reason) throw result.reason;
    return result.violations;
  }
}
