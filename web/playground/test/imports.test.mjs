/** @file Imports that cannot be linked are told where they stand in the program. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "vite";

// Sucrase's modules name each other as bundlers read them, not as Node does.
const source = (name) => JSON.stringify(fileURLToPath(new URL(`../src/run/${name}.ts`, import.meta.url)));
const { output } = await build({
  configFile: false,
  logLevel: "error",
  plugins: [
    {
      name: "entry",
      resolveId: (id) => (id === "entry" ? id : undefined),
      load: (id) =>
        id === "entry" ? ["imports", "program", "errors"].map((name) => `export * from ${source(name)};`).join("\n") : undefined,
    },
  ],
  build: { write: false, minify: false, target: "es2022", rolldownOptions: { input: "entry", preserveEntrySignatures: "strict" } },
});
const { importedNames, runProgram, describeError } = await import(`data:text/javascript,${encodeURIComponent(output[0].code)}`);

describe("imported names", () => {
  it("are found with their places, whatever stands between them", () => {
    for (const [statement, names] of [
      ["import { a, b as c } from ", ["a", "b"]],
      ["import {\n  a, // the first: { x }\n  /* b, */ c,\n} from ", ["a", "c"]],
      ["import whole, { a } from ", ["default", "a"]],
      ["import whole from ", ["default"]],
      ["import * as all from ", []],
      ["import whole, * as all from ", ["default"]],
      ["import ", []],
      ["export { a as b } from ", ["a"]],
      ["export * from ", []],
      ["import { $a, default as d } from ", ["$a", "default"]],
    ]) {
      const found = importedNames(statement);
      assert.deepEqual(
        found.map(({ name }) => name),
        names,
        statement,
      );
      for (const { name, at } of found) if (name !== "default") assert.ok(statement.startsWith(name, at), `${statement}: ${at}`);
    }
  });
});

describe("an import that cannot be linked", () => {
  const modules = { one: { a: 1 }, two: { b: 2 } };
  const fails = async (code, fetch = async () => assert.fail("nothing is fetched")) => {
    const error = await runProgram(code, modules, fetch).then(() => assert.fail("it ran"), describeError);
    return `${error.line}:${error.column} ${error.message}`;
  };

  it("says its line and what is wrong", async () => {
    assert.match(
      await fails('const n: number = 1;\n\nimport { x } from "three";\nx(n);'),
      /^3:20 The playground has no module "three".*"one" and "two"/,
    );
    assert.equal(await fails('import { a } from "one";\nimport {\n  b,\n  c,\n} from "two";\na(b, c);'), '4:3 "two" does not export "c".');
    assert.equal(await fails('import one from "one";\none();'), '1:8 "one" does not export "default".');
    assert.match(await fails('\nawait import("three");'), /^2:\d+ The playground has no module "three"/);
    const refused = async () => Promise.reject(new Error("You did not allow it."));
    assert.match(await fails('\n\nimport { x } from "https://example.org/x.js";\nx();', refused), /^3:20 You did not allow it/);
  });
});
