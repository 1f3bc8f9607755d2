/** @file MLX's python/tests/test_compile.py, as far as it needs no symbolic sizes. */

export const table = "MLX, Python tests";

export const cases = ({
  arange,
  arrayEqual,
  broadcastTo,
  compile,
  counted,
  counts,
  deepEqual,
  divmod,
  during,
  disableCompile,
  enableCompile,
  equal,
  evaluate,
  grad,
  int,
  interfuse,
  jvp,
  kind,
  max,
  memory,
  near,
  ok,
  ones,
  qsin,
  random,
  read,
  registerPytree,
  tensor,
  throws,
  valueAndGrad,
  vjp,
  vmap,
  where,
  zeros,
}) => [
  [
    "M01 simple_compile",
    async () => {
      const fn = counted((x, y) => x.add(y));
      const f = compile(fn);
      equal(await f(tensor(1), tensor(1)).item(), 2);
      deepEqual(await read(f(tensor([1, 2]), tensor(1))), [2, 3]);
      deepEqual(await read(f(tensor([1, 2]), tensor([1, 2]))), [2, 4]);
      const o = f(int([1, 2]), int([1, 2]));
      deepEqual([o.dtype, await read(o)], ["int32", [2, 4]]);
      f(tensor([3, 4]), tensor([1, 2]));
      equal(fn.runs, 4);
    },
  ],
  [
    "M03 tuple output, wrappers made anew",
    async () => {
      for (let i = 0; i < 3; i++) {
        const f = compile((x) => [x.add(1), x.mul(2)]);
        deepEqual(await Promise.all(f(tensor(1)).map((x) => x.item())), [2, 2]);
      }
    },
  ],
  [
    "M05a a gradient, compiled in three ways",
    async () => {
      const fn = counted((x) => x.exp().sum());
      const x = tensor([0.5, -0.5, 1.2]);
      const wanted = [0.5, -0.5, 1.2].map(Math.exp);
      near(await compile(grad(fn))(x).data(), wanted);
      near(await grad(compile(fn))(x).data(), wanted);
      const both = compile(grad(compile(fn)));
      fn.runs = 0;
      for (let i = 0; i < 3; i++) near(await both(x).data(), wanted);
      equal(fn.runs, 1, "traces");
      const inner = compile(fn);
      fn.runs = 0;
      for (let i = 0; i < 3; i++) grad(inner)(x);
      deepEqual(
        [fn.runs, ...counts(inner)],
        [3, 0, 0, 0, 0],
        "S4: a transform of a compiled function is not compiled, and right each time",
      );
    },
  ],
  [
    "M05b a value, its gradient and more",
    async () => {
      const fn = (x) => [x.exp().sum(), x.sin()];
      const x = tensor([0.5, -0.5, 1.2]);
      const f = compile(valueAndGrad(fn, { hasAux: true }));
      for (let i = 0; i < 2; i++) {
        const [[value, aux], gradient] = f(x);
        near([await value.item()], [await x.exp().sum().item()]);
        near(await aux.data(), await x.sin().data());
        near(await gradient.data(), await x.exp().data());
      }
      equal(f.stats.hits, 1);
    },
  ],
  [
    "M07a, b closed-over scalar, rebound",
    async () => {
      let x = int(1);
      const f = compile((y) => x.add(y));
      equal(await f(int(1)).item(), 2);
      equal(await f(int(1)).item(), 2);
      x = int([1, 2]);
      equal(await f(int(1)).item(), 2);
    },
  ],
  [
    "M07d closed-over lazy tensor",
    async () => {
      const x = int(1);
      const lazy = x.add(x);
      const f = compile((y) => lazy.add(y));
      deepEqual([await f(int(2)).item(), await f(int(2)).item()], [4, 4]);
    },
  ],
  [
    "M08 function creates a tensor",
    async () => {
      const f = compile((x) => x.add(int(1)));
      deepEqual([await f(int(3)).item(), await f(int(3)).item()], [4, 4]);
    },
  ],
  [
    "M09 enable and disable change the kernels",
    () => {
      const x = ones([4]).add(0);
      evaluate(x);
      const f = compile((y) => y.add(1).add(y.add(1)));
      const run = () => during(() => evaluate(f(x))).dispatches;
      equal(run(), 1);
      disableCompile();
      const eager = run();
      enableCompile();
      ok(eager >= 2, `${eager} kernels when disabled`);
      equal(run(), 1);
    },
  ],
  [
    "M10 gradient of two inputs",
    async () => {
      const loss = (w, x) => {
        const y = x.mul(w);
        return y.mul(y.exp()).sum();
      };
      const [w, x] = [tensor([-1, 0.3, 1, -0.9]), tensor([1, 0.5, 2, -0.5])];
      near(await compile(grad(loss))(w, x).data(), await grad(loss)(w, x).data());
    },
  ],
  [
    "M11 vmap of compiled functions",
    async () => {
      const unary = (x) => x.exp().neg();
      const x = qsin([3, 4], 1);
      near(await vmap(compile(unary))(x).data(), await unary(x).data());
      const binary = (a, b) => a.add(b).exp().add(b).abs();
      const [a, b] = [qsin([4, 4], 2), qsin([4, 4], 3)];
      near(await vmap(compile(binary))(a, b).data(), await binary(a, b).data());
      near(await vmap(compile(binary), { inAxes: [0, 1] })(a, b).data(), await binary(a, b.transpose()).data());
      near(await compile(vmap(binary, { inAxes: [0, 1] }))(a, b).data(), await binary(a, b.transpose()).data());
    },
  ],
  [
    "M12 vjp and jvp of compiled functions",
    async () => {
      const f = (x) => x.exp().neg();
      const [x, t] = [qsin([4], 1), qsin([4], 2)];
      const [values, cotangents] = vjp(compile(f), [x], t);
      near(await values.data(), await f(x).data());
      near(await (Array.isArray(cotangents) ? cotangents[0] : cotangents).data(), await f(x).mul(t).data());
      const [primal, tangent] = jvp(compile(f), [x], [t]);
      near(await primal.data(), await f(x).data());
      near(await tangent.data(), await f(x).mul(t).data());
    },
  ],
  [
    "M13 evaluating an intermediate under a transform",
    async () => {
      const outer = (x) => {
        const y = compile((z) => z.abs())(x);
        evaluate(y);
        return y.exp().sum();
      };
      const x = tensor([2, -1, 3]);
      near(await grad(outer)(x).data(), [Math.exp(2), -Math.exp(1), Math.exp(3)]);
    },
  ],
  [
    "M14a, b captured inputs: a dict and a list, updates are seen",
    async () => {
      const state = { y: int(2) };
      const f = compile((x) => x.add(state.y), { inputs: state });
      equal(await f(int(1)).item(), 3);
      equal(await state.y.item(), 2);
      state.y = int(3);
      equal(await f(int(1)).item(), 4);
      const list = [int(2)];
      const g = compile((x) => x.add(list[0]), { inputs: list });
      equal(await g(int(1)).item(), 3);
      list[0] = int(3);
      equal(await g(int(1)).item(), 4);
    },
  ],
  [
    "M14d outputs that the function creates",
    async () => {
      const state = {};
      const f = compile(
        (x) => {
          state.y = x.add(1);
          return x;
        },
        { outputs: state },
      );
      deepEqual([await f(int(1)).item(), await state.y.item()], [1, 2]);
      deepEqual([await f(int(4)).item(), await state.y.item()], [4, 5]);
    },
  ],
  [
    "M16 the random state of a realm is reproducible",
    async () => {
      const f = compile(() => random.uniform([10, 10]), { state: random.state });
      random.seed(1);
      const [a, b] = [await read(f()), await read(f())];
      random.seed(1);
      const [c, d] = [await read(f()), await read(f())];
      deepEqual([a, b], [c, d]);
      ok(
        a.some((value, i) => value !== b[i]),
        "two draws differ",
      );
    },
  ],
  [
    "M18 keyword arguments as an options object",
    async () => {
      const f = compile((x, { y, z }) => x.add(y).add(z));
      equal(await f(int(1), { y: int(2), z: int(3) }).item(), 6);
      f(int(1), { z: int(3), y: int(2) });
      equal(f.stats.misses, 2, "the order of keys counts");
    },
  ],
  [
    "M27a, b a float constant, by position and by name",
    async () => {
      const f = compile((x, y = 1) => x.add(y));
      deepEqual([await f(tensor(1), 1).item(), await f(tensor(1), 2).item()], [2, 3]);
      const g = compile((x, { y }) => x.add(y));
      deepEqual([await g(tensor(1), { y: 1 }).item(), await g(tensor(1), { y: 3 }).item()], [2, 4]);
      deepEqual([counts(f)[1], counts(g)[1]], [2, 2]);
    },
  ],
  [
    "M27c a tuple by default",
    async () => {
      const f = compile((x, y = [1, 2]) => x.add(y[0]).add(y[1]));
      deepEqual([await f(int(1)).item(), await f(int(1), [2, 2]).item(), await f(int(1), [1, 2]).item()], [4, 5, 4]);
      equal(f.stats.misses, 3, "absent is not the default");
    },
  ],
  [
    "M27d, e a boolean and a string",
    async () => {
      const f = compile((x, y) => (y ? x.add(1) : x.add(2)));
      deepEqual([await f(int(1), true).item(), await f(int(1), false).item()], [2, 3]);
      const fn = counted((x, y) => (y === "one" ? x.add(1) : x.add(2)));
      const g = compile(fn);
      deepEqual([await g(int(1), "one").item(), await g(int(1), "two").item(), await g(int(1), "o" + "ne").item()], [2, 3, 2]);
      equal(fn.runs, 2, "strings are compared by value");
    },
  ],
  [
    "M27h tensor and number in either place",
    async () => {
      const fn = counted((x, y) => (typeof x === "number" ? y.add(x) : x.add(y)));
      const f = compile(fn);
      deepEqual([await f(int(1), 1).item(), await f(1, int(1)).item(), fn.runs], [2, 2, 2]);
    },
  ],
  ["M28 compile_inf", async () => equal(await compile((x) => x.add(2).isinf())(tensor([0])).item(), false)],
  [
    "M29 unsupported inputs",
    () => {
      class Thing {}
      const f = compile((x) => x);
      for (const args of [
        [new Thing()],
        [tensor(1), { y: new Thing() }],
        [() => 1],
        [Symbol("s")],
        [1n],
        [new Float32Array(2)],
        [new Date()],
        [new Set()],
        [Promise.resolve()],
      ])
        throws(() => f(...args), "CompileArgumentError");
    },
  ],
  [
    "M30 no inputs, a list of two",
    async () => {
      const f = compile(() => [zeros([2]), zeros([2])]);
      for (let i = 0; i < 2; i++)
        deepEqual(await Promise.all(f().map(read)), [
          [0, 0],
          [0, 0],
        ]);
    },
  ],
  [
    "M31b value, gradient and update in one graph",
    async () => {
      const loss = (w1, w2, x) => {
        const [a, b] = [x.matmul(w1), x.matmul(w2)];
        return a.add(b.square()).square().sum();
      };
      const step = (w1, w2, x) => {
        const [l, g] = valueAndGrad(loss)(w1, w2, x);
        return [l, w1.add(g)];
      };
      const args = [qsin([4, 4], 1), qsin([4, 4], 2), qsin([4, 4], 3)];
      const [got, wanted] = [compile(step)(...args), step(...args)];
      near([await got[0].item()], [await wanted[0].item()], 1e-5);
      near(await got[1].data(), await wanted[1].data(), 1e-5);
    },
  ],
  [
    "M33 broadcast only",
    async () => {
      const f = compile((a) => {
        const b = broadcastTo(a, [1]);
        return b.add(b);
      });
      const o = f(tensor(2));
      deepEqual(await read(o), [4]);
      ok(String(o).includes("float32[1]"), String(o));
    },
  ],
  [
    "M34 a long chain of subtractions",
    async () => {
      const f = compile((a, b) => {
        let x = a;
        for (let i = 0; i < 20; i++) x = x.sub(b);
        return x.add(b.mul(10));
      });
      equal(await f(tensor(20), tensor(1)).item(), 10);
    },
  ],
  [
    "M36 an infinite constant, float32 and float16",
    async () => {
      const f = compile((x) => where(x.isinf(), 0, 1));
      for (const dtype of kind === "cpu" ? ["float32", "float16"] : ["float32"])
        deepEqual(await read(f(tensor([0, Infinity, 2], { dtype }))), [1, 0, 1], dtype);
    },
  ],
  [
    "M37 max into equal, without arguments",
    async () => {
      const x = qsin([1, 2, 2], 3);
      const fn = () => x.equal(max(x, [1, 2], { keepdims: true }));
      deepEqual(await read(compile(fn)()), await read(fn()));
    },
  ],
  [
    "M38 dtypes are kept by x*1+0",
    () => {
      const f = compile((x) => x.mul(1).add(0));
      const eager = (x) => x.mul(1).add(0);
      for (const dtype of ["bool", "int32", "uint32", "float32", ...(kind === "cpu" ? ["float16"] : [])])
        equal(f(ones([2], { dtype })).dtype, eager(ones([2], { dtype })).dtype, dtype);
    },
  ],
  [
    "M40 ten dimensions, transposed and contiguous",
    async () => {
      const shape = Array(10).fill(2);
      const x = qsin(shape, 1);
      const y = qsin(shape, 2);
      const fn = (a, b) => a.transpose().add(b).abs();
      near(await compile(fn)(x, y).data(), await fn(x, y).data());
    },
  ],
  [
    "M41a twenty inputs, the first transposed",
    async () => {
      const inputs = Array.from({ length: 20 }, () => ones([2, 2, 2, 2]));
      inputs[0] = inputs[0].transpose();
      const f = compile((...xs) =>
        xs
          .slice(0, 10)
          .reduce((a, b) => a.add(b))
          .add(xs.slice(10).reduce((a, b) => a.add(b))),
      );
      deepEqual(await read(f(...inputs)), Array(16).fill(20));
    },
  ],
  [
    "M41c eight halves that overflow",
    async () => {
      const dtype = kind === "cpu" ? "float16" : "float32";
      const inputs = Array.from({ length: 8 }, () => arange(16384).astype(dtype));
      const fn = (...xs) => {
        const [a, b, c, d] = [0, 2, 4, 6].map((i) => xs[i].add(xs[i + 1]));
        return a.mul(b).mul(c.mul(d));
      };
      near(await compile(fn)(...inputs).data(), await fn(...inputs).data(), 1e-6);
    },
  ],
  [
    "M49 nothing leaks",
    async () => {
      const x = ones([1000]).add(1);
      evaluate(x);
      const start = memory();
      for (let i = 0; i < 3; i++) {
        interfuse.scope(() => {
          const weights = ones([1000]).add(i);
          const f = compile((y) => y.add(weights).mul(2));
          f(x);
          f.clearCache();
        });
      }
      const after = memory();
      deepEqual([after.tensors, after.buffers, after.bytesInUse], [start.tensors, start.buffers, start.bytesInUse]);
    },
  ],
  [
    "M51 a shared broadcast is fused",
    async () => {
      const [x, y, z] = [ones([4, 4]).add(0), ones([4]).add(1), ones([4, 4]).add(2)];
      evaluate(x, y, z);
      const fn = (a, b, c) => {
        const bb = broadcastTo(b, [4, 4]);
        return a.add(bb.mul(c));
      };
      const { result, dispatches } = during(() => compile(fn)(x, y, z));
      equal(dispatches, 1);
      deepEqual(await read(result), await read(fn(x, y, z)));
    },
  ],
  [
    "M53, M54 attributes",
    () => {
      const useful = function useful(x, y) {
        return x.add(y);
      };
      const f = compile(useful);
      deepEqual([f.name, f.length, String(f), f.fn === useful], ["useful", 2, String(useful), true]);
      equal(compile((x) => x, { name: "given" }).name, "");
    },
  ],
  [
    "M55 none or a tensor",
    async () => {
      const f = compile((x, y) => (y === null ? x.abs() : x.add(y)));
      deepEqual([await f(int(1), null).item(), await f(int(1), int(2)).item()], [1, 3]);
    },
  ],
  [
    "M58 outputs that change their form",
    async () => {
      const both = compile((x) => {
        const y = x.neg().abs().abs();
        return [x, y];
      });
      const one = compile((x) => x.neg().abs().abs());
      deepEqual([await both(tensor(1))[1].item(), await one(tensor(1)).item()], [1, 1]);
    },
  ],
  [
    "M60 arrays and registered classes, in and out",
    async () => {
      class Vector {
        constructor(x, y) {
          Object.assign(this, { x, y });
        }
      }
      registerPytree(Vector, { flatten: (v) => ({ children: [v.x, v.y] }), unflatten: ([x, y]) => new Vector(x, y) });
      const f = compile((v, t) => new Vector(v.x.add(t[0]), v.y.mul(t[0])));
      for (let i = 0; i < 2; i++) {
        const o = f(new Vector(int([1, 2, 3]), int([4, 5, 6])), [int(10)]);
        ok(o instanceof Vector, "a Vector");
        deepEqual(
          [await read(o.x), await read(o.y)],
          [
            [11, 12, 13],
            [40, 50, 60],
          ],
        );
      }
    },
  ],
  ["M61a one output of siblings", async () => equal(await compile((x) => divmod(x, 3)[0])(int(5)).item(), 1)],
  [
    "M62 a donated input makes room for the output",
    () => {
      const f = compile((x) => x.add(1), { donate: true });
      let x = zeros([256]).add(0);
      x = f(x);
      const { bytesInUse } = memory();
      const { buffersCreated } = during(() => {
        for (let i = 0; i < 10; i++) x = f(x);
      });
      ok(memory().bytesInUse === bytesInUse && buffersCreated <= 1, `${buffersCreated} buffers`);
    },
  ],
  [
    "M63 negative steps",
    async () => {
      const x = arange(8).astype("float32");
      deepEqual(await read(compile((y) => y.slice([null, null, -1]).mul(2))(x)), [14, 12, 10, 8, 6, 4, 2, 0]);
      const m = arange(12).astype("float32").reshape([3, 4]);
      deepEqual(await read(compile((y) => y.slice([null, null, -1]).add(1))(m)), [9, 10, 11, 12, 5, 6, 7, 8, 1, 2, 3, 4]);
      deepEqual(await read(compile((y) => y.slice([null, null, -1], [null, null, 2]).mul(3))(m)), [24, 30, 12, 18, 0, 6]);
    },
  ],
  [
    "M64 abs of unsigned",
    async () => {
      const o = compile((x) => x.abs().add(1))(tensor([1, 2, 3], { dtype: "uint32" }));
      deepEqual([o.dtype, await read(o)], ["uint32", [2, 3, 4]]);
    },
  ],
  [
    "M66 equal with and without NaN",
    async () => {
      const [x, y] = [tensor([1, NaN, 3]), tensor([1, NaN, 3])];
      const f = compile((a, b) => [arrayEqual(a, b), arrayEqual(a, b, { equalNan: true })]);
      deepEqual(await Promise.all(f(x, y).map((o) => o.item())), [false, true]);
    },
  ],
];
export default { table, cases };
