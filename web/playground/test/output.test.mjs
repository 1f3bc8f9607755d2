/** @file What becomes of the arguments of the console: formats, tables, and what is told of the values of a tensor. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { describe, it } from "node:test";
import { runnerImport } from "vite";

/** Imports a TypeScript module of the page. */
async function load(path) {
  const { module } = await runnerImport(fileURLToPath(new URL(`../src/${path}`, import.meta.url)), {
    configFile: false,
    logLevel: "error",
  });
  return module;
}

const { formatted, tabulated } = await load("run/format.ts");
const { statisticsOf } = await load("run/values.ts");

describe("formats of the console", () => {
  const write = (value) => JSON.stringify(value);
  it("puts arguments into the first one, as the Console Standard says", () => {
    assert.deepEqual(formatted(["%s has %d of %i, %f %%", "a", 2.7, "3.9", "0.5"], write), ["a has 2 of 3, 0.5 %"]);
    assert.deepEqual(formatted(["%cred%c %o %O", "color: red", "", { a: 1 }, [2]], write), ['red {"a":1} [2]']);
    assert.deepEqual(formatted(["%s", "%d", 3], write), ["%d", 3], "what is put in asks for nothing");
  });
  it("leaves alone what asks for nothing, and what there is no argument for", () => {
    assert.deepEqual(formatted(["100 % s", 1], write), ["100 % s", 1]);
    assert.deepEqual(formatted(["%d and %d", 1], write), ["1 and %d"]);
    assert.deepEqual(formatted(["%d"], write), ["%d"]);
    assert.deepEqual(formatted([1, "%d"], write), [1, "%d"]);
  });
});

describe("tables of the console", () => {
  const write = (value) => String(value);
  it("has a column for each key and one for plain values", () => {
    assert.deepEqual(tabulated([{ a: 1, b: 2 }, { b: 3 }, 4], write), {
      columns: ["", "a", "b", "value"],
      rows: [
        ["0", "1", "2", ""],
        ["1", "", "3", ""],
        ["2", "", "", "4"],
      ],
      more: "",
    });
    assert.deepEqual(tabulated(new Map([["k", [5, 6]]]), write).rows, [["k", "5", "6"]]);
    assert.equal(tabulated("text", write), undefined);
  });
  it("is bounded, and says so", () => {
    const { rows, columns, more } = tabulated(
      Array.from({ length: 1000 }, () => Array(50).fill("a".repeat(1000))),
      write,
    );
    assert.deepEqual([rows.length, columns.length, rows[0][1].length, more], [100, 21, 201, "900 rows more, 30 columns more"]);
  });
});

describe("statistics of a tensor", () => {
  it("finds the first value that is no finite number, by its index", () => {
    assert.deepEqual(statisticsOf([0, 1, 2, 3, NaN, Infinity], [3, 2], "float32"), { odd: "first NaN at [2, 0]" });
    assert.deepEqual(statisticsOf([-Infinity], [], "float32"), { odd: "first -Infinity at []" });
    assert.deepEqual(statisticsOf([1, 2], [2], "float32"), {});
  });
  it("tells of what is not shown as a whole, without its NaN", () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => (i === 7 ? NaN : i === 9 ? Infinity : i));
    assert.deepEqual(statisticsOf(values, [1000], "float32"), {
      odd: "first NaN at [7]",
      statistics: "min 0, max 999, mean 500.485, 1 NaN, 1 infinite",
    });
  });
});
