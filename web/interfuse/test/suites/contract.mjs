/**
 * @file What `compile` means, case by case: the tables of MLX's and Nabla's tests, the worked examples of tests/data, and what both get
 * wrong. A case is [table, name, test]; both runners print how many of each table passed. Cases count traces with a counter in the
 * function, and statistics exactly.
 */
import { deepEqual, equal, near, ok, throws } from "../check.mjs";
import state from "./contract/state.mjs";
import examples from "./contract/examples.mjs";
import breaks from "./contract/breaks.mjs";
import keys from "./contract/keys.mjs";
import limits from "./contract/limits.mjs";
import mlx from "./contract/mlx.mjs";
import cpp from "./contract/cpp.mjs";
import nabla from "./contract/nabla.mjs";
import symbolic from "./contract/symbolic.mjs";

const tables = [examples, mlx, cpp, nabla, symbolic, keys, state, breaks, limits];

/** What cases need again and again. */
function helpers(context) {
  const { interfuse, devtools } = context;
  const { tensor } = interfuse;
  return {
    ...context,
    ...interfuse,
    deepEqual,
    equal,
    near,
    ok,
    throws,
    read: async (x) => Array.from(await x.data()),
    /** hits, misses, fallbacks, size of the cache */
    counts: ({ stats: { hits, misses, fallbacks, cacheSize } }) => [hits, misses, fallbacks, cacheSize],
    int: (value) => tensor(value, { dtype: "int32" }),
    /** floor(sin(0.7 i + 1.3 seed) scale 65536 + 0.5) / 65536 + offset, as the examples define it */
    qsin: (shape, seed, scale = 1, offset = 0) => {
      const size = shape.reduce((product, n) => product * n, 1);
      const values = Array.from(
        { length: size },
        (_, i) => Math.floor(Math.sin(0.7 * i + 1.3 * seed) * scale * 65536 + 0.5) / 65536 + offset,
      );
      return tensor(Float32Array.from(values), { shape });
    },
    /** A function that counts its runs. */
    counted: (fn) => {
      const count = function (...args) {
        count.runs++;
        return fn.apply(this, args);
      };
      count.runs = 0;
      return count;
    },
    /** What the device did meanwhile. */
    during: (work) => {
      const before = devtools.counters();
      const result = work();
      const after = devtools.counters();
      return { result, ...Object.fromEntries(Object.keys(after).map((name) => [name, after[name] - before[name]])) };
    },
    /** Collects garbage, in JavaScript, in the core and on the device. */
    collect: async () => {
      for (let i = 0; i < 4; i++) {
        context.gc();
        // Finalizers run between tasks.
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      devtools.trim();
    },
    /** Runs `work` and gives what was warned of meanwhile. */
    warnings: (work) => {
      const warned = [];
      const { warn } = console;
      console.warn = (text) => warned.push(text);
      try {
        work();
      } finally {
        console.warn = warn;
      }
      return warned;
    },
  };
}

/** [table, name, test] of every case. */
export const cases = (context) => tables.flatMap(({ table, cases }) => cases(helpers(context)).map(([name, test]) => [table, name, test]));

/** For the runners: lists of [name, test], which note in `passed` what passed. */
export default (context) =>
  cases(context).map(([table, name, test]) => {
    const total = (context.tables ??= new Map());
    const row = total.get(table) ?? { passed: 0, total: 0 };
    total.set(table, row);
    row.total++;
    return [
      `contract: ${table}: ${name}`,
      async () => {
        await test();
        row.passed++;
      },
    ];
  });

/** The table of what passed, as text. */
export const summary = ({ tables = new Map(), kind }) => {
  const rows = [...tables].map(([table, { passed, total }]) => `${String(passed).padStart(7)}${String(total).padStart(7)}  ${table}`);
  return [`the contract of compile on ${kind}`, " passed  total", ...rows].join("\n");
};
