/**
 * @file Open sizes: the rows of MLX's and Nabla's tests about `shapeless` and `dynamicDims`, what both get wrong (S5 to S7), and every op
 * traced at one size and run at others, sizes 0 and 1 among them.
 */

export const table = "open sizes";

/** Pairs (m, n); the first is traced. */
const SIZES = [
  [3, 4],
  [5, 2],
  [1, 7],
  [4, 1],
  [1, 1],
  [0, 3],
  [2, 0],
  [20, 33],
];

/**
 * Name, shapes of the arguments at (m, n), function, and whether single sizes may fail with a guard (an axis without elements has no
 * maximum; a slice of a short axis is another one). Other sizes have the values of eager mode.
 */
const OPS = (i) => [
  [
    "elementwise",
    (m, n) => [
      [m, n],
      [m, n],
    ],
    (x, y) => x.mul(y).add(1).exp(),
  ],
  ["bias", (m, n) => [[m, n], [n]], (x, y) => x.add(y).tanh()],
  [
    "broadcast both ways",
    (m, n) => [
      [m, 1],
      [1, n],
    ],
    (x, y) => x.sub(y),
  ],
  [
    "where",
    (m, n) => [
      [m, n],
      [m, n],
    ],
    (x, y) => i.where(x.less(y), x, 0),
  ],
  ["integers", (m, n) => [[m, n]], (x) => [x.astype("int32").floorDivide(3), x.astype("int32").mod(5)]],
  ["sum", (m, n) => [[m, n]], (x) => [x.sum(), x.sum(0), x.sum(1, { keepdims: true })]],
  ["prod any all", (m, n) => [[m, n]], (x) => [x.prod(1), x.any(0), x.greater(-1).all(1)]],
  ["max min", (m, n) => [[m, n]], (x) => [x.max(1), x.min()], true],
  ["argmax argmin", (m, n) => [[m, n]], (x) => [x.argmax(1), x.argmin()], true],
  ["mean var std", (m, n) => [[m, n]], (x) => [x.mean(), x.mean(0), x.var(1), x.std(0, { ddof: 1 })]],
  ["logsumexp", (m, n) => [[m, n]], (x) => x.logsumexp(1), true],
  ["softmax", (m, n) => [[m, n]], (x) => [x.softmax(), x.logSoftmax(0)], true],
  ["layerNorm rmsNorm", (m, n) => [[m, n], [n]], (x, w) => [i.layerNorm(x, w, w), i.rmsNorm(x, w)]],
  ["gelu silu", (m, n) => [[m, n]], (x) => [i.gelu(x), i.silu(x)]],
  ["oneHot", (m, n) => [[m, n]], (x) => [x.astype("int32").oneHot(4), x.astype("int32").oneHot(x.dim(1))]],
  ["transpose", (m, n) => [[m, n]], (x) => [x.transpose(), x.expandDims(1).moveaxis(0, 2), x.swapaxes(0, 1)]],
  ["flatten", (m, n) => [[m, n]], (x) => x.flatten().exp()],
  ["reshape", (m, n) => [[m, 6, n]], (x) => [x.reshape([-1, 3]), x.reshape([x.dim(0).mul(2), 3, x.dim(2)])]],
  [
    "reshape there and back",
    (m, n) => [[m, n]],
    (x) =>
      x
        .reshape([x.dim(1).mul(x.dim(0))])
        .exp()
        .reshape(x.shape),
  ],
  ["unflatten", (m, n) => [[m, 6 * n]], (x) => x.unflatten(1, [2, 3, -1])],
  ["expandDims squeeze", (m, n) => [[m, n]], (x) => x.expandDims([0, 2]).squeeze([0, 2]).neg()],
  ["broadcastTo", (m, n) => [[n], [m, n]], (x, y) => x.broadcastTo(y.shape).add(y)],
  ["slice", (m, n) => [[m, n]], (x) => [x.slice([1, null]), x.slice([null, -1]), x.slice(null, [-2, null]), x.slice(-1)], true],
  ["slice with steps", (m, n) => [[m, n]], (x) => [x.slice([null, null, 2]), x.slice(null, [null, null, -3])], true],
  [
    "slices that follow sizes",
    (m, n) => [[m, n]],
    (x) => [
      x.slice([x.dim(0).floordiv(2), null]),
      x.slice(null, [null, x.dim(1).floordiv(2).add(1)]),
      x.slice([x.dim(0).sub(1), null, -2], [0, x.dim(1).mul(2), 2]),
      x.slice(x.dim(0).floordiv(2), x.dim(1).sub(1)),
    ],
    true,
  ],
  ["flip", (m, n) => [[m, n]], (x) => [x.flip(), x.flip(1)]],
  ["roll", (m, n) => [[m, n]], (x) => [x.roll(1, 0), x.roll(-3, 1), x.roll(2)]],
  [
    "pad",
    (m, n) => [[m, n]],
    (x) =>
      x
        .pad(
          [
            [1, 2],
            [0, 3],
          ],
          { value: 0.5 },
        )
        .exp(),
  ],
  [
    "pads that follow sizes",
    (m, n) => [[m, n]],
    (x) => [
      x.pad(
        [
          [x.dim(1), 1],
          [x.dim(0).floordiv(2), x.dim(0)],
        ],
        { value: 0.5 },
      ),
      x.pad(x.dim(0)),
      x.pad([x.dim(1), 0]),
    ],
  ],
  [
    "concatenate stack",
    (m, n) => [
      [m, 3],
      [n, 3],
      [m, 3],
    ],
    (x, y, z) => [i.concatenate([x, y, x]), i.stack([x, z], 1)],
  ],
  ["split", (m, n) => [[2 * m, n]], (x) => x.split(2)],
  ["split at", (m, n) => [[m, n]], (x) => x.split([1, -1]), true],
  ["repeat tile", (m, n) => [[m, n]], (x) => [x.repeat(3, 1), x.repeat(2), x.tile([2, 3])]],
  ["take", (m, n) => [[m, 4], [n]], (x, y) => x.take(y.astype("int32"), 0).exp(), true],
  ["tril triu", (m, n) => [[m, n]], (x) => [x.tril(), x.triu(1)]],
  ["eye tri", (m, n) => [[m, n]], (x) => [i.eye(x.dim(0), x.dim(1)).add(x), i.tri(x.dim(0), x.dim(1))]],
  ["zeros ones full", (m, n) => [[m, n]], (x) => [i.zeros(x.shape).add(x), i.full([x.dim(1), 2], 7), i.onesLike(x)]],
  ["arange linspace", (m, n) => [[m, n]], (x) => [x.mul(i.arange(x.dim(1))), i.arange(1, x.dim(0).add(3), 2), i.linspace(0, 1, x.dim(0))]],
  ["meshgrid", (m, n) => [[m], [n]], (x, y) => i.meshgrid([x, y])],
  [
    "matmul",
    (m, n) => [
      [m, 5],
      [5, n],
    ],
    (x, y) => x.matmul(y).maximum(0),
  ],
  [
    "matmul over an open axis",
    (m, n) => [
      [m, n],
      [n, 3],
    ],
    (x, y) => x.matmul(y),
  ],
  [
    "batched matmul",
    (m, n) => [
      [m, 2, n],
      [m, n, 3],
    ],
    (x, y) => x.matmul(y),
  ],
  [
    "inner outer tensordot",
    (m, n) => [
      [m, n],
      [m, n],
    ],
    (x, y) => [x.inner(y), x.outer(y), i.tensordot(x, y, [[0], [0]])],
  ],
  ["addmm", (m, n) => [[n], [m, 5], [5, n]], (c, a, b) => i.addmm(c, a, b, { alpha: 2, beta: 3 })],
  [
    "attention",
    (m, n) => [
      [2, m, 8],
      [2, n, 8],
      [2, n, 8],
    ],
    (q, k, v) => q.matmul(k.swapaxes(1, 2)).softmax().matmul(v),
    true,
  ],
  ["random", (m, n) => [[m, n]], (x) => x.add(i.random.uniform(x.shape, { key: i.random.key(3) }))],
  [
    "arrayEqual allclose",
    (m, n) => [
      [m, n],
      [m, n],
    ],
    (x, y) => [i.arrayEqual(x, y), i.allclose(x, x)],
  ],
];

export const cases = (help) => {
  const { arange, compile, counted, deepEqual, during, equal, near, ok, ones, onesLike, qsin, read, tensor, throws, zeros, zerosLike } =
    help;
  const list = (results) => (Array.isArray(results) ? results : [results]);
  const everyOp = OPS(help).map(([name, shapes, fn, guarded = false]) => [
    `every size: ${name}`,
    async () => {
      const f = compile((...args) => fn(...args), { shapeless: true });
      let served = 0;
      for (const [m, n] of SIZES) {
        const args = shapes(m, n).map((shape, seed) => qsin(shape, seed, 2));
        let got;
        try {
          got = list(f(...args));
        } catch (error) {
          ok(guarded && error.name === "ShapeGuardError", `at ${m}, ${n}: ${error}`);
          continue;
        }
        served++;
        const want = list(fn(...args));
        equal(got.length, want.length, "results");
        for (const [at, y] of got.entries()) {
          deepEqual([y.shape, y.dtype], [want[at].shape, want[at].dtype], `result ${at} at ${m}, ${n}`);
          near(await y.data(), await want[at].data(), 2e-5, `result ${at} at ${m}, ${n}`);
        }
      }
      ok(served >= 2, `${served} sizes served`);
      equal(f.stats.traces, 1, "traces");
    },
  ]);
  return [
    [
      "M19 shapeless",
      async () => {
        let y = 1;
        const fn = counted((x) => x.add(y));
        const f = compile(fn, { shapeless: true });
        deepEqual(await read(f(tensor([1, 2]))), [2, 3]);
        y = 3;
        deepEqual(await read(f(tensor([1, 2, 3]))), [2, 3, 4]);
        deepEqual(await read(f(tensor([0, 1, 2], { dtype: "int32" }))), [3, 4, 5]);
        deepEqual(await read(f(tensor([[0, 1, 2]]))), [3, 4, 5]);
        equal(fn.runs, 3);
        equal(f.cache()[0].signature, "(float32[s0,s1])");
      },
    ],
    [
      "M21 with reductions",
      async () => {
        const z = 1;
        const f = compile((x, y) => x.add(y.sum(0, { keepdims: true })).add(z), { shapeless: true });
        deepEqual(await read(f(ones([2, 2]), ones([2, 2]))), Array(4).fill(4));
        deepEqual(await read(f(ones([3, 3]), ones([3, 3]))), Array(9).fill(5));
        const g = compile((x) => x.add(x.sum(-1)), { shapeless: true });
        for (const n of [2, 3]) deepEqual(await read(g(ones([n, n]))), Array(n * n).fill(n + 1));
        equal(f.stats.traces + g.stats.traces, 2);
      },
    ],
    [
      "M22 unflatten, M23 gather, M24 zerosLike and onesLike",
      async () => {
        deepEqual(compile((x) => x.unflatten(-1, [4, -1]), { shapeless: true })(ones([1, 1, 128])).shape, [1, 1, 4, 32]);
        const last = compile((x) => x.slice(null, -1, null), { shapeless: true });
        for (const n of [1, 4, 2]) deepEqual(await read(last(arange(n * 2).reshape([1, n, 2]))), [2 * n - 2, 2 * n - 1]);
        const like = compile((x) => [zerosLike(x), onesLike(x)], { shapeless: true });
        for (const shape of [
          [2, 3],
          [4, 1],
        ])
          deepEqual(
            like(ones(shape)).map((y) => y.shape),
            [shape, shape],
          );
        equal(last.stats.traces + like.stats.traces, 2);
      },
    ],
    [
      "M26 gather and matmul",
      async () => {
        const f = compile((x, i) => x.take(i, 0).matmul(x.swapaxes(1, 2).take(i, 0)), { shapeless: true });
        for (const [b, n, k] of [
          [2, 3, 1],
          [4, 2, 3],
        ]) {
          const y = f(ones([b, n, 7]), tensor(new Int32Array(k)));
          deepEqual(y.shape, [k, n, n]);
          deepEqual(await read(y), Array(k * n * n).fill(7));
        }
        equal(f.stats.traces, 1);
      },
    ],
    [
      "M32 mean",
      async () => {
        const f = compile((x) => x.mean(), { shapeless: true });
        for (const n of [2, 4, 7]) deepEqual(await read(f(ones([n]))), [1]);
        equal(f.stats.traces, 1);
        deepEqual(f.cache()[0].guards, []);
      },
    ],
    [
      "M40 ten axes, one of them open",
      async () => {
        const f = compile((x, y) => x.transpose().add(y), { dynamicDims: { 0: { 0: "n" }, 1: { [-1]: "n" } } });
        for (const n of [2, 3]) {
          const x = arange(512 * n).reshape([n, 2, 2, 2, 2, 2, 2, 2, 2, 2]);
          const y = ones([2, 2, 2, 2, 2, 2, 2, 2, 2, n]);
          deepEqual(await read(f(x, y)), await read(x.transpose().add(y)));
        }
        equal(f.stats.traces, 1);
      },
    ],
    [
      "M43 matmul, M44 addmm",
      async () => {
        const inner = compile((x, y) => x.matmul(y), { shapeless: true });
        for (const n of [5, 3, 1, 0]) equal(await inner(ones([n]), ones([n])).item(), n);
        const addmm = compile((c, a, b) => help.addmm(c, a, b), { shapeless: true });
        for (const k of [3, 6]) deepEqual(await read(addmm(ones([2, 2]), ones([2, k]), ones([k, 2]))), Array(4).fill(1 + k));
        const scaled = compile((c, a, b) => help.addmm(c, a, b, { alpha: 2, beta: 3 }), { shapeless: true });
        for (const k of [3, 6]) deepEqual(await read(scaled(ones([2, 2]), ones([2, k]), ones([k, 2]))), Array(4).fill(3 + 2 * k));
        equal(inner.stats.traces + addmm.stats.traces + scaled.stats.traces, 3);
        throws(() => inner(ones([3]), ones([2])), "ShapeGuardError");
      },
    ],
    [
      "M45 an update at a position",
      async () => {
        for (const fn of [(x) => x.at(2).set(3), (x) => help.where(arange(x.dim(0)).equal(2), 3, x)]) {
          const f = compile(fn, { shapeless: true });
          for (const n of [4, 5]) deepEqual(await read(f(zeros([n]))), [0, 0, 3, 0, 0].slice(0, n));
          equal(f.stats.traces, 1);
        }
      },
    ],
    [
      "M46 reshape by sizes that are read",
      () => {
        const fn = counted((x) => x.reshape([x.shape[0] * x.shape[1], -1]));
        const f = compile(fn, { shapeless: true });
        deepEqual(f(ones([2, 3, 4])).shape, [6, 4]);
        deepEqual(f(ones([2, 3, 8])).shape, [6, 8]);
        throws(() => f(ones([5, 5, 5])), "ShapeGuardError");
        equal(fn.runs, 1);
        deepEqual(f.cache()[0].guards, ["s0 == 2 (shape)", "s1 == 3 (shape)"]);
      },
    ],
    [
      "M47 broadcasts",
      () => {
        const f = compile((x) => x.broadcastTo([2, 3]), { shapeless: true });
        deepEqual(f(ones([3])).shape, [2, 3]);
        throws(() => f(ones([4, 3])), "ShapeError");
        const both = compile((x, y) => [x.add(y.mul(0)), y.add(x.mul(0))], { shapeless: true });
        deepEqual(
          both(ones([2, 1]), ones([2])).map((y) => y.shape),
          [
            [2, 2],
            [2, 2],
          ],
        );
        deepEqual(
          both(ones([3, 1]), ones([4])).map((y) => y.shape),
          [
            [3, 4],
            [3, 4],
          ],
        );
      },
    ],
    [
      "C25 a reshape to numbers throws at another size",
      () => {
        const f = compile((x) => x.reshape([2, 2]), { shapeless: true });
        deepEqual(f(ones([4])).shape, [2, 2]);
        const error = throws(() => f(ones([5])), "ShapeGuardError");
        ok(error.message.includes("cannot reshape float32[5] of size 5 into [2, 2]"), error.message);
        f(ones([4]).astype("int32"));
        f(ones([2, 2]));
        deepEqual([f.stats.misses, f.stats.hits, f.stats.guardFailures], [3, 0, 1]);
      },
    ],
    [
      "N09 an open batch",
      async () => {
        const f = compile((x) => x.mul(x), { dynamicDims: { 0: { 0: "batch" } } });
        for (const n of [2, 3]) deepEqual(await read(f(ones([n, 4]).mul(3))), Array(n * 4).fill(9));
        deepEqual([f.stats.misses, f.stats.hits], [1, 1]);
        equal(f.cache()[0].signature, "(float32[batch,4])");
      },
    ],
    [
      "N11 an open batch and weights that are closed over",
      async () => {
        const [w, b] = [qsin([4, 3], 5), zeros([3])];
        const f = compile((x) => x.matmul(w).add(b), { dynamicDims: { 0: { 0: "batch" } } });
        for (const x of [qsin([5, 4], 1), qsin([9, 4], 2)]) near(await f(x).data(), await x.matmul(w).add(b).data(), 1e-5);
        deepEqual([f.stats.misses, f.stats.hits], [1, 1]);
      },
    ],
    [
      "S5 names inside of arguments, shape reads, means",
      async () => {
        const f = compile((p, x) => x.mul(2).matmul(p.w).mean(0), { dynamicDims: { 1: { 0: "batch" }, "0.w": { 1: "out" } } });
        for (const [n, k] of [
          [2, 3],
          [5, 1],
          [1, 4],
        ])
          deepEqual(await read(f({ w: ones([4, k]) }, ones([n, 4]))), Array(k).fill(8));
        equal(f.stats.traces, 1);
        equal(f.cache()[0].signature, "({w: float32[4,out]}, float32[batch,4])");
      },
    ],
    [
      "S6 never out of bounds: a sum of other sizes throws",
      async () => {
        const f = compile((x, y) => x.add(y).abs(), { shapeless: true });
        f(ones([3]), ones([3]));
        const error = throws(() => f(ones([3]), ones([2])), "ShapeGuardError");
        ok(error.message.includes("float32[3] and float32[2] cannot be broadcast together"), error.message);
        throws(() => f(ones([0]), ones([1])), "ShapeGuardError");
      },
    ],
    [
      "S6 never stale: indices, sizes that are divided by, branches",
      async () => {
        const last = compile((x) => x.slice(-1), { shapeless: true });
        for (const n of [4, 2, 9]) equal(await last(arange(n)).item(), n - 1);
        const divided = compile((x) => x.sum().div(x.shape[0]), { shapeless: true });
        equal(await divided(ones([4])).item(), 1);
        throws(() => divided(ones([8])), "ShapeGuardError");
        const branch = compile((x) => (x.shape[0] > 4 ? x.mul(2) : x.mul(3)), { dynamicDims: { 0: { 0: "n" } } });
        deepEqual([(await read(branch(ones([2]))))[0], (await read(branch(ones([5]))))[0]], [3, 2]);
        deepEqual([branch.stats.misses, branch.stats.guardFailures], [2, 1]);
      },
    ],
    [
      "S7 slices, pads, splits and random bits of open sizes",
      async () => {
        const f = compile(
          (x) =>
            x
              .slice([1, null])
              .pad([[1, 0]])
              .add(help.random.uniform(x.shape, { key: help.random.key(1) }).mul(0)),
          { shapeless: true },
        );
        for (const n of [3, 5, 4])
          deepEqual(
            await read(f(arange(n))),
            Array.from({ length: n }, (_, i) => i),
          );
        equal(f.stats.traces, 1);
      },
    ],
    [
      "a guard that fails traces a named size anew, and the entry is found again",
      async () => {
        const fn = counted((x) => x.mul(x.shape[0]));
        const f = compile(fn, { dynamicDims: { 0: { 0: "n" } } });
        for (const n of [1, 2, 3, 2, 1, 3]) deepEqual(await read(f(ones([n]))), Array(n).fill(n));
        equal(fn.runs, 3);
        deepEqual([f.stats.misses, f.stats.hits, f.stats.guardFailures, f.stats.cacheSize], [3, 3, 2, 3]);
        deepEqual(f.cache()[0].guards, ["n == 3 (shape)"]);
        ok(f.lastMiss.reason.includes("is 3 now"), f.lastMiss.reason);
      },
    ],
    [
      "names are checked",
      () => {
        const add = compile((x, y) => x.add(y), { name: "add", dynamicDims: { 0: { 0: "batch" }, 1: { 0: "batch" } } });
        throws(
          () => add(ones([3]), ones([2])),
          "DimMismatchError",
          "compile('add'): symbol 'batch' is 3 for args[0] and 2 for args[1]. Sizes of one name are equal; give them different names if they need not be.",
        );
        const unknown = compile((x) => x, { name: "f", dynamicDims: { 3: { 0: "n" } } });
        throws(
          () => unknown(ones([3])),
          "CompileArgumentError",
          "compile('f'): dynamicDims names the argument 3, and there is no such tensor. The tensors are args[0].",
        );
        const axis = compile((x) => x.add(1), { name: "f", dynamicDims: { 0: { 2: "n" } } });
        throws(
          () => axis(ones([3])),
          "CompileArgumentError",
          "compile('f'): dynamicDims names axis 2 of args[0], which is float32[3]. It has 1 axes.",
        );
        throws(() => compile((x) => x, { dynamicDims: { 0: { 0: 3 } } }), "CompileArgumentError");
        throws(() => compile((x) => x, { dynamicDims: { 0: ["n"] } }), "CompileArgumentError");
        throws(() => compile((x) => x, { shapeless: 1 }), "CompileArgumentError");
      },
    ],
    [
      "shapes are plain numbers, and reading one fixes it",
      () => {
        const seen = [];
        const f = compile(
          (x) => {
            const { shape } = x;
            seen.push(Array.isArray(shape), shape.length, x.ndim, String(x.dim(0).add(1)), String(x.dim(-1)));
            return zeros(shape).add(x);
          },
          { dynamicDims: { 0: { 0: "batch", 1: "n" } } },
        );
        f(ones([2, 3]));
        deepEqual(seen, [true, 2, 2, "batch + 1", "n"]);
        deepEqual(f.cache()[0].guards, []);
        const g = compile((x) => x.mul(x.size), { shapeless: true });
        g(ones([2, 3]));
        g(ones([3, 2]));
        throws(() => g(ones([4, 2])), "ShapeGuardError");
        const h = compile((x) => zeros([...x.shape]), { shapeless: true });
        h(ones([2]));
        throws(() => h(ones([3])), "ShapeGuardError");
        const x = ones([2, 3]);
        deepEqual(
          [
            x.dim(0).value,
            x.dim(-1).mul(2).value,
            x.dim(0).add(x.dim(1)).floordiv(2).value,
            `${x.dim(1).mod(2)}`,
            x.dim(0).min(1).max(7).sub(1).value,
          ],
          [2, 6, 2, "1", 6],
        );
        throws(() => x.dim(2), "CompileArgumentError");
        throws(() => x.dim(0).floordiv(0), "CompileArgumentError");
      },
    ],
    [
      "sizes do not outlive their trace",
      () => {
        let size;
        let shape;
        const f = compile(
          (x) => {
            size = x.dim(0);
            shape = x.shape;
            return x.add(1);
          },
          { shapeless: true },
        );
        f(ones([3]));
        throws(() => zeros([size]), "LeakedTracerError");
        throws(() => size.add(1), "LeakedTracerError");
        throws(() => zeros(shape), "LeakedTracerError");
      },
    ],
    [
      "another size makes no plan, no pipeline, no trace",
      async () => {
        const fn = counted((x) => x.mul(2).softmax().matmul(x.transpose()));
        const f = compile(fn, { shapeless: true });
        await f(ones([4, 8])).data();
        const x = ones([16, 32]);
        await x.data();
        const { result, pipelines, dispatches, ...counters } = during(() => f(x));
        equal(fn.runs, 1);
        equal(pipelines ?? counters.pipelinesCreated ?? 0, 0, "pipelines");
        equal(dispatches, f.cache()[0].kernels, "dispatches");
        deepEqual(result.shape, [16, 16]);
      },
    ],
    [
      "a value that would be too large is a LimitError",
      () => {
        const f = compile((x, y) => x.outer(y).sum(), { shapeless: true });
        f(ones([2]), ones([3]));
        throws(() => f(ones([1 << 16]), ones([1 << 16])), "LimitError");
      },
    ],
    [
      "inspect and warmup with open sizes",
      async () => {
        const f = compile((x) => x.mul(2).sum(1), { dynamicDims: { 0: { 0: "batch" } } });
        await f.warmup(ones([2, 3]));
        deepEqual(await read(f(ones([5, 3]))), Array(5).fill(6));
        deepEqual([f.stats.traces, f.stats.hits, f.stats.misses], [1, 1, 0]);
        const inspection = f.inspect(ones([4, 3]));
        equal(inspection.signature, "(float32[batch,3])");
        deepEqual(inspection.graphs[0].graph.nodes[0].shape, [4, 3]);
        ok(inspection.graphs[0].listing.includes("float32[s0,3]"), inspection.graphs[0].listing);
      },
    ],
    [
      "gradients of open sizes",
      async () => {
        const loss = (w, x) => x.matmul(w).square().mean();
        const f = compile((w, x) => help.grad(loss)(w, x), { shapeless: true });
        for (const [m, n] of [
          [3, 4],
          [5, 2],
          [1, 7],
        ]) {
          const [w, x] = [qsin([n, 2], 1), qsin([m, n], 2)];
          near(await f(w, x).data(), await help.grad(loss)(w, x).data(), 2e-5);
        }
        equal(f.stats.traces, 1);
      },
    ],
    ...everyOp,
  ];
};
export default { table, cases };
