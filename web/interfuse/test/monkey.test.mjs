/**
 * @file Nonsense for every export and method: whatever a program in plain JavaScript hands over, the answer is a result or an error of
 * the package, and the core lives on. Nothing here knows what a function takes; what options it has it says itself.
 */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { inspect } from "node:util";
import * as interfuse from "interfuse";
import * as devtools from "interfuse/devtools";
import { core as bindings } from "../dist/core.js";
import * as translator from "../dist/interfuse_translate.js";

const { arange, CompileArgumentError, compile, init, InterfuseError, io, nn, ones, optim, random, tensor } = interfuse;

/** What would print or take long, what only the package calls (private in TypeScript), and classes that only it makes instances of. */
const LEFT_OUT = new Set([
  "print",
  "profile",
  "init",
  "constructor",
  "with",
  "read",
  "applied",
  "everyModule",
  "checkWrite",
  "Inspection",
  "CompilationStats",
  "Optimizer",
  ...Object.keys(interfuse).filter((name) => name.endsWith("Error")),
]);

let x, pool, nonsense;
before(async () => {
  globalThis.INTERFUSE_DISABLE_COMPILE = "0";
  await init({ device: "cpu" });
  x = ones([2, 2]);
  nonsense = [2, "a", true, {}, [], Symbol("s"), 3n, () => 3, new Date(0), Object.create(null), NaN];
  const cycle = [];
  cycle.push(cycle);
  let deep = 1;
  for (let i = 0; i < 5000; i++) deep = [deep];
  pool = [
    ...nonsense,
    x,
    x,
    x,
    arange(2),
    random.key(1),
    -1,
    0,
    1,
    1.5,
    Infinity,
    null,
    undefined,
    [2, 2],
    [
      [1, 2],
      [3, 4],
    ],
    new Float32Array(4),
    new Float64Array(4),
    cycle,
    deep,
    (y) => y,
    "float32",
    new nn.Linear(2, 2),
    Object.freeze({ x }),
    { x },
    new Map([["x", x]]),
    new Uint8Array(64),
    1e9,
  ];
});

/** Awaits a result that is promised; refuses errors that are not the package's. */
async function settled(what, call) {
  let result;
  try {
    result = await call();
  } catch (error) {
    assert.ok(error instanceof InterfuseError, `${what}: ${error?.stack ?? String(error)}`);
    return error;
  }
  return result;
}

function* members(name, of) {
  for (const [key, value] of Object.entries(of)) {
    if (typeof value === "function" && !LEFT_OUT.has(key)) yield [`${name}${key}`, value];
  }
}

/** Every function and class of the package, and what makes calls of it. */
function functions() {
  const namespaces = {
    "": interfuse,
    "nn.": nn,
    "nn.init.": nn.init,
    "nn.losses.": nn.losses,
    "optim.": optim,
    "random.": random,
    "io.": io,
    "devtools.": devtools,
  };
  const all = Object.entries(namespaces).flatMap(([name, of]) => [...members(name, of)]);
  return all.map(([name, fn]) => [
    name,
    /^class\b/.test(Function.prototype.toString.call(fn)) ? (...args) => Reflect.construct(fn, args) : fn,
  ]);
}

/** The methods of an object's classes, to be called on what `make` gives. */
function methods(name, make) {
  const found = new Map();
  for (let of = Object.getPrototypeOf(make()); of !== null && of !== Object.prototype; of = Object.getPrototypeOf(of)) {
    for (const key of Object.getOwnPropertyNames(of)) {
      const { value } = Object.getOwnPropertyDescriptor(of, key);
      if (typeof value === "function" && !LEFT_OUT.has(key) && !key.startsWith("_") && !found.has(key))
        found.set(key, (...args) => make()[key](...args));
    }
  }
  return [...found].map(([key, call]) => [`${name}.${key}`, call]);
}

function everything() {
  const layer = (Class, ...args) => methods(Class.name, () => new Class(...args));
  return [
    ...functions(),
    ...methods("Tensor", () => ones([2, 2])),
    ...methods("at", () => ({ __proto__: x.at(0) })),
    ...methods("Dim", () => x.dim(0)),
    ...layer(nn.Linear, 2, 2),
    ...layer(nn.Embedding, 2, 2),
    ...layer(nn.LayerNorm, 2),
    ...layer(nn.BatchNorm, 2),
    ...layer(nn.Conv2d, 1, 1, 1),
    ...layer(nn.MultiHeadAttention, 2, 1),
    ...layer(nn.Sequential, (y) => y),
    ...layer(optim.Adam, 0.1),
    ...methods("compiled", () => ({
      __proto__: { call: compile((y) => y), warmup: compile((y) => y).warmup, inspect: compile((y) => y).inspect },
    })),
  ];
}

/** A generator of numbers below `n`, the same in every run. */
function dice(seed) {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

test("nonsense gives errors of the package or results", { timeout: 120_000 }, async () => {
  const below = dice(7);
  for (const [name, call] of everything()) {
    for (let round = 0; round < 120; round++) {
      const args = Array.from({ length: below(5) }, () => (below(2) === 0 ? pool[below(pool.length)] : x));
      await settled(`${name}(${args.map((arg) => inspect(arg, { depth: 0 })).join(", ")})`, () => call(...args));
    }
  }
  interfuse.enableCompile();
  assert.deepEqual(Array.from(await x.add(1).data()), [2, 2, 2, 2]);
});

test("every option of everything is checked by its type", { timeout: 120_000 }, async () => {
  const bases = [
    [],
    [x],
    [x, x],
    [x, x, x],
    [[2, 2]],
    [2],
    [2, 2],
    [2, 2, 2],
    [0.1],
    [x, 1],
    [0, 1, [2]],
    [(y) => y],
    [new nn.Linear(2, 2), (y) => y],
    [(y) => y, [x]],
    [(c) => [c, c], x, null],
  ];
  const checked = new Map();
  for (const [name, call] of [...everything(), ["init", init], ["profile", interfuse.profile]]) {
    for (const base of bases) {
      const error = await settled(name, () => call(...base, { "?": 1 }));
      if (!(error instanceof CompileArgumentError) || !error.message.includes('there is no option "?"')) continue;
      const options = error.hint
        .replace(/^There (is|are) /, "")
        .replace(/\.$/, "")
        .split(/, | and /);
      for (const option of options) {
        for (const value of nonsense) {
          const answer = await settled(`${name} { ${option}: ${typeof value} }`, () => call(...base, { [option]: value }));
          if (typeof value === "symbol" && !/^(argnums|inAxes|outAxes|vjp|metadata|wasm|parts|gpu)$/.test(option)) {
            assert.ok(
              answer instanceof CompileArgumentError && answer.message.includes(option) && answer.hint !== "",
              `${name} { ${option} }: ${answer}`,
            );
            checked.set(option, (checked.get(option) ?? 0) + 1);
          }
        }
      }
      break;
    }
  }
  assert.ok(checked.get("dtype") > 15 && checked.get("reduction") > 10 && checked.size > 50, JSON.stringify([...checked]));
});

test("nothing but a string gets to the Wasm as a string", async () => {
  await devtools.translate("", "msl").catch(() => undefined);
  for (const value of [2, {}, [], undefined, null, () => 3]) {
    assert.throws(() => bindings.dtypeOf("zeros", value), CompileArgumentError);
    assert.throws(() => translator.translate(value, "msl"), CompileArgumentError);
  }
  assert.ok(bindings.dtypeOf("zeros", "bool") === 0 && tensor(1).ndim === 0);
});
