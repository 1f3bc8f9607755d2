/** @file `compile`: keys, statistics, the LRU, trees, switches, inspection and events. */
import { deepEqual, equal, near, ok, throws } from "../check.mjs";

export default ({ interfuse, devtools, kind }) => {
  const { arange, compile, disableCompile, enableCompile, memory, ones, registerPytree, scope, setCompileMode, tensor, Tensor } = interfuse;
  const read = async (x) => Array.from(await x.data());
  const counts = ({ stats }) => [stats.misses, stats.hits, stats.cacheSize];
  return [
    [
      "compile: gelu is one kernel, a miss and then hits",
      async () => {
        const gelu = compile((x) => x.mul(x.div(Math.SQRT2).erf().add(1)).div(2));
        deepEqual(counts(gelu), [0, 0, 0]);
        equal(gelu.lastMiss, undefined);
        near(await gelu(tensor([[-1, 0, 1]])).data(), [-0.15865525, 0, 0.84134475]);
        near(await gelu(tensor([[-2, 0, 2]])).data(), [-0.04550026, 0, 1.95449974], 1e-5);
        deepEqual(counts(gelu), [1, 1, 1]);
        equal(gelu.stats.hitRate, 50);
        equal(gelu.stats.traces, 1);
        equal(String(gelu.stats), "CompilationStats(hits=1, misses=1, fallbacks=0, hitRate=50.0%)");
        equal(gelu.lastMiss.reason, "the first call");
        equal(gelu.cache()[0].signature, "(float32[1,3])");
        equal(gelu.cache()[0].kernels, 1);
        const before = devtools.counters();
        gelu(tensor([[1, 2, 3]]));
        const after = devtools.counters();
        deepEqual([after.dispatches - before.dispatches, after.submits - before.submits], [1, 1], "dispatches and submits of a hit");
      },
    ],
    [
      "compile: the least recently used entry goes",
      () => {
        const f = compile((x, k) => x.mul(k), { maxCacheSize: 2 });
        for (const k of [1, 2, 3, 1, 3, 2]) f(ones([2]), k);
        deepEqual([...counts(f), f.stats.evictions], [5, 1, 2, 3]);
        const none = compile((x) => x.add(1), { maxCacheSize: 0 });
        none(ones([2]));
        none(ones([2]));
        deepEqual(counts(none), [2, 0, 0]);
        const all = compile((x, k) => x.mul(k), { maxCacheSize: Infinity });
        for (let k = 0; k < 100; k++) all(ones([2]), k);
        deepEqual(counts(all), [100, 0, 100]);
        all.clearCache();
        deepEqual(counts(all), [100, 0, 0]);
        equal(compile((x) => x).options.maxCacheSize, undefined);
      },
    ],
    [
      "compile: sizes with names are open, as they were named when the function was compiled",
      () => {
        const dynamicDims = { 0: { 0: "rows" }, "1.w": { "-1": "columns" } };
        const f = compile((x, { w }) => x.matmul(w), { dynamicDims });
        dynamicDims[0] = { 1: "other" };
        for (const n of [2, 3, 5]) deepEqual(f(ones([n, 4]), { w: ones([4, n + 1]) }).shape, [n, n + 1]);
        deepEqual(counts(f), [1, 2, 1]);
        equal(f.cache()[0].signature, "(float32[rows,4], {w: float32[4,columns]})");
        const square = compile((x, y) => x.add(y), { dynamicDims: { 0: { 0: "n" }, 1: { 0: "n" } } });
        throws(() => square(ones([2]), ones([1])), "DimMismatchError");
      },
    ],
    [
      "compile: kernels that compute the same at different places of graphs share a pipeline",
      async () => {
        const { matmul } = interfuse;
        const [x, w] = [ones([17, 17]).mul(0.02), ones([17, 17]).mul(0.03)];
        await read(x);
        await read(w);
        const pipelines = async (f, ...args) => {
          const before = devtools.counters();
          await read(f(...args));
          const after = devtools.counters();
          return [after.dispatches - before.dispatches, after.pipelinesCreated - before.pipelinesCreated];
        };
        const layer = (y) => matmul(y, w).add(0.25).tanh();
        deepEqual(
          await pipelines(
            compile((y) => layer(layer(layer(layer(y))))),
            x,
          ),
          [4, kind === "cpu" ? 0 : 1],
        );
        deepEqual(
          await pipelines(
            compile((_, y) => layer(y)),
            x,
            x,
          ),
          [1, 0],
        );
      },
    ],
    [
      "compile: every difference of the arguments is a difference of the key",
      () => {
        const x = ones([1]);
        const distinct = [
          [x, 1],
          [x, true],
          [x, "1"],
          [x, 0],
          [x, -0],
          [x, NaN],
          [x, null],
          [x, [null]],
          [x, undefined, 1],
          [x, []],
          [x, {}],
          [x, [1], 2],
          [x, [1, 2]],
          [x, [[1], 2]],
          [x, { a: 1, b: 2 }],
          [x, { b: 2, a: 1 }],
          [x, { "a,b": 1 }],
          [x, "a", "b"],
          [x, "ab"],
          [x, "\ud800"],
          [x, "\ud801"],
          [x, '\0"\\ud800"'],
          [x, Infinity],
          [x, 1e300],
          [ones([2])],
          [ones([1, 1])],
          [ones([1], { dtype: "int32" })],
          [1, x],
          [[x]],
          [{ x }],
          [x],
        ];
        const f = compile(() => x.add(0), { maxCacheSize: Infinity });
        // The tensor of the arguments is not the one closed over.
        const fresh = (value) =>
          value instanceof Tensor
            ? value.add(0)
            : Array.isArray(value)
              ? value.map(fresh)
              : typeof value === "object" && value !== null
                ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, fresh(part)]))
                : value;
        for (const args of distinct) f(...fresh(args));
        deepEqual(counts(f), [distinct.length, 0, distinct.length]);
        for (const args of distinct) f(...fresh(args));
        deepEqual(counts(f), [distinct.length, distinct.length, distinct.length]);
        f(fresh(x), undefined, undefined);
        equal(f.stats.hits, distinct.length + 1, "hits with trailing undefined");
      },
    ],
    [
      "compile: trees in and out, containers made anew",
      async () => {
        const seen = [];
        const f = compile((tree, list) => {
          seen.push(tree);
          tree.extra = 1;
          return { sum: tree.a.add(list[0]), same: tree.a, twice: [tree.a, tree.a], nothing: null, text: "t", n: 3, undefined: undefined };
        });
        const tree = { a: tensor([1, 2]), b: "x" };
        const first = f(tree, [tensor([10, 20])]);
        const second = f(tree, [tensor([100, 200])]);
        deepEqual(Object.keys(tree), ["a", "b"], "the caller's object");
        ok(seen.length === 1 && seen[0] !== tree, "traced once, on a copy");
        deepEqual(Object.keys(second), ["sum", "same", "twice", "nothing", "text", "n", "undefined"]);
        deepEqual(await read(first.sum), [11, 22]);
        deepEqual(await read(second.sum), [101, 202]);
        deepEqual(await read(second.twice[1]), [1, 2]);
        ok(second.same !== tree.a && second.twice[0] !== second.twice[1] && first.twice !== second.twice, "new handles and containers");
        deepEqual([second.nothing, second.text, second.n, second.undefined], [null, "t", 3, undefined]);
        disableCompile();
        f(tree, [tensor([1, 2])]);
        enableCompile();
        ok(seen.length === 2 && seen[1] !== tree && !("extra" in tree), "a copy when disabled too");
        const empty = compile(() => 5);
        deepEqual([empty(), empty()], [5, 5]);
        deepEqual(counts(empty), [1, 1, 1]);
        // biome-ignore lint/suspicious/noProto: an own key of this name is data
        const proto = f.fn.length === 2 && compile((o) => o.__proto__ ?? o)(JSON.parse('{"__proto__": 1}'));
        equal(proto, 1, "a key named __proto__");
      },
    ],
    [
      "compile: the same tensor for two arguments is two arguments",
      async () => {
        const f = compile((a, b) => a.sub(b));
        const x = tensor([5, 6]);
        deepEqual(await read(f(x, x)), [0, 0]);
        deepEqual(await read(f(x, tensor([1, 2]))), [4, 4]);
        deepEqual(counts(f), [1, 1, 1]);
      },
    ],
    [
      "compile: registered classes, and what a method is called on",
      async () => {
        class Scale {
          constructor(w, name) {
            this.w = w;
            this.name = name;
          }
        }
        Scale.prototype.apply = compile(function apply(x) {
          return x.mul(this.w);
        });
        const model = new Scale(tensor([2, 3]), "a");
        throws(
          () => model.apply(ones([2])),
          "CompileArgumentError",
          "compile('apply'): arguments must be trees of tensors or constants (numbers, strings, booleans, null); got Scale at this. Register its class with registerPytree, or pass its parts.",
        );
        registerPytree(Scale, { flatten: (s) => ({ children: [s.w], aux: s.name }), unflatten: ([w], name) => new Scale(w, name) });
        deepEqual(await read(model.apply(ones([2]))), [2, 3]);
        deepEqual(await read(new Scale(tensor([4, 5]), "a").apply(ones([2]))), [4, 5]);
        deepEqual(counts(model.apply), [1, 1, 1]);
        new Scale(tensor([4, 5]), "b").apply(ones([2]));
        equal(model.apply.stats.misses, 2, "misses with another aux");
        const box = { f: compile((x) => x.add(1)) };
        deepEqual(await read(box.f(ones([1]))), [2], "an arrow function in any object");
        const back = compile((s) => new Scale(s.w.mul(2), s.name))(model);
        ok(back instanceof Scale && back.name === "a", "an instance comes back");
      },
    ],
    [
      "compile: a throw leaves nothing behind",
      async () => {
        let fail = true;
        const f = compile(function f(x) {
          const y = x.add(1);
          if (fail) throw new RangeError("mine");
          return y;
        });
        throws(() => f(ones([2])), "RangeError", "mine");
        deepEqual(counts(f), [0, 0, 0]);
        fail = false;
        deepEqual(await read(f(ones([2]))), [2, 2]);
        deepEqual(counts(f), [1, 0, 1]);
      },
    ],
    [
      "compile: constants are those of the trace; what was made inside lives on",
      async () => {
        let k = tensor([1]);
        let cached;
        const f = compile((x) => x.add(k).add((cached ??= tensor([100]))));
        deepEqual(await read(f(tensor([1]))), [102]);
        k = tensor([50]);
        deepEqual(await read(f(tensor([2]))), [103]);
        deepEqual(await read(cached), [100]);
      },
    ],
    [
      "compile: a call inside a trace is inlined",
      async () => {
        const inner = compile((x) => x.exp());
        const outer = compile((x) => inner(inner(x)));
        near(await outer(tensor([0.5])).data(), [Math.exp(Math.exp(0.5))]);
        deepEqual(counts(inner), [0, 0, 0]);
        equal(outer.cache()[0].kernels, 1);
      },
    ],
    [
      "compile: the same function shares its entries",
      () => {
        const f = (x) => x.add(1);
        compile(f)(ones([3]));
        compile(f)(ones([3]));
        equal(compile(f).stats.hits, 1);
        equal(compile(f, { name: "other" }).stats.misses, 0);
      },
    ],
    [
      "compile: attributes, the form with options first, onRecompile",
      () => {
        const original = function scale(x, k) {
          return x.mul(k);
        };
        const why = [];
        const f = compile({ onRecompile: (report) => why.push(report.reason) })(original);
        deepEqual([f.name, f.length, String(f), f.fn === original], ["scale", 2, String(original), true]);
        f(ones([2]), 1);
        f(ones([4]), 1);
        f(ones([4]), 2);
        deepEqual(why, ["args[0]: float32[2] -> float32[4]", "args[1]: 1 -> 2"]);
        deepEqual([f.lastMiss.path, f.lastMiss.before, f.lastMiss.after], ["args[1]", "1", "2"]);
        const strict = compile(
          function g(x) {
            return x.add(1);
          },
          { onRecompile: "throw" },
        );
        strict(ones([2]));
        throws(
          () => strict(ones([3])),
          "CompileArgumentError",
          "compile('g'): recompiles: args[0]: float32[2] -> float32[3]. Every shape has an entry of its own: name the sizes that change in dynamicDims.",
        );
        deepEqual(counts(strict), [1, 0, 1]);
      },
    ],
    [
      "compile: modes",
      async () => {
        let calls = 0;
        const f = compile((x) => {
          calls++;
          return x.add(1).mul(2).exp();
        });
        f(ones([2]));
        disableCompile();
        f(ones([2]));
        equal(calls, 2);
        enableCompile();
        f(ones([2]));
        deepEqual([calls, ...counts(f)], [2, 1, 1, 1]);
        setCompileMode("no-fuse");
        near(await f(tensor([0, 1])).data(), [Math.exp(2), Math.exp(4)]);
        equal(f.cache()[0].kernels, 3);
        setCompileMode("enabled");
      },
    ],
    [
      "compile: warmup compiles and does not run",
      async () => {
        const f = compile((x) => x.add(1).exp());
        const x = tensor([1, 2, 3, 4]);
        const before = devtools.counters().dispatches;
        await f.warmup(x);
        equal(devtools.counters().dispatches, before);
        deepEqual(counts(f), [0, 0, 1]);
        f(x);
        deepEqual(counts(f), [0, 1, 1]);
      },
    ],
    [
      "compile: inspect shows every stage and changes nothing",
      async () => {
        const f = compile((x) => x.mul(2).add(1).exp());
        const seen = f.inspect(ones([2, 3]));
        equal(seen.signature, "(float32[2,3])");
        deepEqual([seen.graphs[0].pass, seen.graphs.at(-1).pass], ["trace", "fuse"]);
        deepEqual([seen.before.dispatches, seen.after.dispatches, seen.kernels.length, seen.cuts.length], [3, 1, 1, 0]);
        ok(seen.kernels[0].wgsl.includes("@compute"), "WGSL");
        ok(seen.toDot().startsWith("digraph"), "Graphviz");
        const data = JSON.parse(JSON.stringify(seen));
        deepEqual(data.kernels[0].wgsl, seen.kernels[0].wgsl);
        const source = seen.graphs[0].graph.nodes.find((node) => node.op === "exp").source;
        ok(
          source !== undefined && /compile\.mjs/.test(source.file) && source.line > 0 && source.column > 0,
          `the position of exp: ${JSON.stringify(source)}`,
        );
        deepEqual(counts(f), [0, 0, 0]);
        const start = devtools.counters();
        f(ones([2, 3]));
        const counted = devtools.counters();
        equal(counted.dispatches - start.dispatches - 1, seen.after.dispatches, "kernels, but for the argument's own");
        const long = compile((x) => {
          let y = x;
          for (let i = 0; i < 3000; i++) y = y.mul(1.0001).sin();
          return y;
        }).inspect(ones([4]));
        ok(long.kernels.length > 1 && long.cuts.length > 0 && long.cuts[0].reason.length > 0, "a long chain is cut, with a reason");
      },
    ],
    [
      "devtools: events in order, with the ids of the cache",
      () => {
        const events = [];
        const stop = devtools.subscribe((event) => events.push(event));
        const f = compile((x) => x.add(1), { name: "watched", maxCacheSize: 1 });
        const x = ones([2]).add(0);
        interfuse.evaluate(x);
        events.length = 0;
        f(x);
        f(x);
        f(ones([3]).add(0));
        stop();
        f(x);
        const types = events.map((event) => event.type);
        for (const type of ["trace", "compile", "miss", "submit", "call", "evict"])
          ok(types.includes(type), `an event ${type} among ${types}`);
        ok(types.indexOf("trace") < types.indexOf("compile") && types.indexOf("compile") < types.indexOf("call"), `the order ${types}`);
        const compiled = events.find((event) => event.type === "compile");
        deepEqual([compiled.name, compiled.signature], ["watched", "(float32[2])"]);
        equal(events.find((event) => event.type === "call").entry, compiled.entry);
        equal(events.find((event) => event.type === "evict").entry, compiled.entry);
      },
    ],
    [
      "memory: scopes and dispose free what they say",
      async () => {
        const x = ones([1000]).add(1);
        interfuse.evaluate(x);
        // Compared without an await in between: in one, the collector may free what earlier tests left.
        let start = memory();
        const kept = scope(() => {
          const a = x.add(1);
          const b = a.mul(2);
          interfuse.evaluate(a, b);
          return { deep: [b] };
        });
        equal(memory().bytesInUse - start.bytesInUse, 4000, "bytes after the scope");
        equal(memory().tensors - start.tensors, 1, "tensors after the scope");
        const reading = kept.deep[0].data();
        kept.deep[0].dispose();
        kept.deep[0].dispose();
        equal(String(kept.deep[0]), "Tensor(disposed)");
        throws(
          () =>
            scope(() => {
              x.add(1);
              throw new RangeError("mine");
            }),
          "RangeError",
        );
        scope(() => void scope(() => x.add(1)));
        equal(memory().tensors, start.tensors, "tensors after dispose and a throw");
        const f = compile((t) => t.add(1).mul(2).exp());
        f(x).dispose();
        equal(memory().tensors, start.tensors, "tensors after a trace");
        equal((await reading)[0], 6, "a read that was under way");
        let inner;
        const result = await scope.async(async (own) => {
          inner = own(x.add(1));
          await inner.data();
          return own(inner.mul(3));
        });
        equal(String(inner), "Tensor(disposed)");
        equal((await result.data())[0], 9);
        start = memory();
        result.dispose();
        equal(memory().tensors - start.tensors, -1);
      },
    ],
    [
      "reads: a hundred at once",
      async () => {
        const f = compile((x, k) => x.add(k));
        const all = await Promise.all(Array.from({ length: 100 }, (_, i) => f(arange(4), tensor(i)).data()));
        all.forEach((values, i) => deepEqual(Array.from(values), [i, i + 1, i + 2, i + 3]));
        equal(f.stats.hits, 99);
        equal(interfuse.device().kind, kind);
      },
    ],
  ];
};
