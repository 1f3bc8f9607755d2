/**
 * @file TypeScript's service as the editor uses it, without an editor: what it says of programs, of the built-in ones among them.
 */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, it } from "node:test";
import { runnerImport } from "vite";

const load = async (path) =>
  (await runnerImport(fileURLToPath(new URL(path, import.meta.url)), { configFile: false, logLevel: "error" })).module;
const { Checker } = await load("../src/editor/checker.ts");
const { declarations } = await load("../vite.config.ts");

const checker = new Checker(declarations());
const header = 'import { compile, init, nn, ones, type Tensor, tensor } from "interfuse";\nawait init();\n';
/** The problems of a program that begins with the usual lines: what is underlined, and what is said. */
function problems(body) {
  const code = header + body;
  checker.set(code);
  return checker.problems().map(({ from, to, message }) => `${code.slice(from, to)}: ${message}`);
}
/** Sets a program with the position of `|` in it. */
function at(body) {
  const code = header + body;
  const position = code.indexOf("|");
  checker.set(code.replace("|", ""));
  return position;
}

describe("the language service", () => {
  it("finds nothing in the built-in examples", () => {
    const folder = new URL("../examples/", import.meta.url);
    for (const name of readdirSync(folder)) {
      checker.set(readFileSync(new URL(name, folder), "utf8"));
      assert.deepEqual(checker.problems(), [], name);
    }
  });

  it("finds errors of types, names and modules", () => {
    assert.match(problems('const n: number = "x";')[0], /^n: Type 'string' is not assignable to type 'number'/);
    assert.match(problems("ones([2]).relux();")[0], /^relux: Property 'relux' does not exist/);
    assert.match(problems('import { x } from "lodash";')[0], /^"lodash": Cannot find module 'lodash'.*"interfuse\/devtools"/);
    assert.match(problems("const = 3;")[0], /Variable declaration expected/);
    assert.deepEqual(problems('import something from "https://esm.sh/something";\nconsole.log(something);'), []);
    assert.deepEqual(
      problems(
        'import { chart } from "playground";\nchart("a").add(1, 2);\nimport { subscribe } from "interfuse/devtools";\nsubscribe(() => {});',
      ),
      [],
    );
    assert.match(problems("document.body;")[0], /Cannot find name 'document'/);
  });

  it("flags a tensor as a condition, with the remedy", () => {
    for (const [body, where] of [
      ["const t = ones([1]); if (t) {}", "t"],
      ["const t = ones([1]); while (t.greater(0)) break;", "t.greater(0)"],
      ["const t = ones([1]); const y = t ? 1 : 2;", "t"],
      ["const t = ones([1]); const y = !t;", "t"],
      ["const t = ones([1]); const y = (t) && 1;", "t"],
      ["const t = ones([1]); for (; t.less(1); ) break;", "t.less(1)"],
    ]) {
      const found = problems(body);
      assert.equal(found.length, 1, body + found);
      assert.ok(found[0].startsWith(`${where}: A tensor is always true`), found[0]);
      assert.match(found[0], /await t\.item\(\)/);
    }
    assert.deepEqual(problems("const t = ones([1]); if (await t.item()) {} const y = t.shape.length ? 1 : 2; if (t.size && true) {}"), []);
  });

  it("completes by type, describes, and shows signatures", () => {
    const position = at("const t = ones([2]);\nt.|");
    const names = checker.complete(position).options.map(({ label }) => label);
    for (const wanted of ["mul", "sum", "shape", "item"]) assert.ok(names.includes(wanted), wanted);
    assert.ok(!names.some((name) => name.startsWith("_")));
    assert.match(checker.describe(position, "sum").code, /sum\(/);
    const ofModule = checker.complete(at("nn.|")).options.map(({ label }) => label);
    assert.ok(ofModule.includes("Linear") && !ofModule.includes("mul"));

    const hover = checker.hover(at("const total = ones([2]).s|um();"));
    assert.match(hover.code, /sum\(.*\): Tensor/);
    assert.ok(hover.text.length > 10, hover.text);

    const signature = checker.signature(at("ones([2]).sum(1, |"));
    assert.match(signature.parameter, /options|keepdims/);
  });
});
