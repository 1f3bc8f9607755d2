/** @file MLX's tests/compile_tests.cpp: what becomes one kernel, what stays apart. */

export const table = "MLX, C++ tests";

export const cases = ({
  compile,
  counted,
  deepEqual,
  during,
  disableCompile,
  enableCompile,
  equal,
  evaluate,
  grad,
  int,
  near,
  ok,
  ones,
  random,
  read,
  tensor,
  throws,
  valueAndGrad,
  zeros,
}) => {
  const x = () => tensor([3, -2]);
  /** Kernels of a compiled function, and its values against eager ones. */
  const kernels = async (fn, wanted, ...args) => {
    const f = compile(fn);
    const outputs = [f(...args)].flat();
    const eager = [fn(...args)].flat();
    for (const [i, output] of outputs.entries()) near(await output.data(), await eager[i].data(), 1e-5);
    equal(f.cache()[0].kernels, wanted, "kernels");
    return f;
  };
  return [
    ["C01 simple", async () => deepEqual(await read(compile((a) => [a.add(1)][0])(tensor([1, 2]))), [2, 3])],
    [
      "C02 gradients",
      async () => {
        const fn = (a) => a.exp().sum();
        for (const f of [compile(grad(fn)), grad(compile(fn)), compile(grad(compile(fn)))])
          near(await f(tensor([0.5, 1])).data(), [Math.exp(0.5), Math.E]);
      },
    ],
    [
      "C03 inputs that are lazy",
      async () => {
        const [a, b] = [ones([5, 5]).add(1).exp(), ones([5, 5]).mul(2).sin()];
        const fn = (p, q) => p.mul(q).add(p);
        near(await compile(fn)(a, b).data(), await fn(a, b).data());
      },
    ],
    ["C04 a tensor made inside", async () => equal(await compile((a) => a.add(tensor(1)))(tensor(3)).item(), 4)],
    [
      "C06 only a function can be compiled",
      () => {
        for (const wrong of [null, undefined, 3, "f"]) throws(() => compile(wrong), "CompileArgumentError");
        disableCompile();
        throws(() => compile(3), "CompileArgumentError");
        enableCompile();
      },
    ],
    [
      "C07 constants that are not finite",
      async () => {
        const f = compile((a) => [a.add(Infinity), a.sub(Infinity), a.mul(NaN)]);
        const [inf, minus, nan] = await Promise.all(f(tensor(1)).map((o) => o.item()));
        ok(inf === Infinity && minus === -Infinity && Number.isNaN(nan), `${inf} ${minus} ${nan}`);
      },
    ],
    [
      "C08 equal scalars are one node",
      () => {
        const last = (fn) =>
          compile(fn)
            .inspect(tensor([1]))
            .graphs.at(-1).graph.nodes;
        const literals = last((a) => a.add(7.5).exp().add(tensor(7.5))).filter(({ op }) => /literal|const/i.test(op));
        equal(literals.length, 1);
      },
    ],
    [
      "C09, C11 common subexpressions are one node, others are not",
      () => {
        const count = (fn, op) =>
          compile(fn)
            .inspect(tensor([1, 2]))
            .graphs.at(-1)
            .graph.nodes.filter((node) => node.op === op).length;
        equal(
          count((a) => a.exp().add(a.exp()), "exp"),
          1,
        );
        deepEqual([count((a) => a.cos().add(a.sin()), "cos"), count((a) => a.cos().add(a.sin()), "sin")], [1, 1]);
      },
    ],
    ["C13 unary: exp alone", () => kernels((a) => a.exp(), 1, x())],
    ["C13 unary: abs(neg(exp))", () => kernels((a) => a.exp().neg().abs(), 1, x())],
    ["C13 unary: sum(abs(neg(exp)))", () => kernels((a) => a.exp().neg().abs().sum(), 1, x())],
    ["C13 unary: exp(abs(neg(sum)))", () => kernels((a) => a.sum().neg().abs().exp(), 1, x())],
    ["C14 binary: a + b", () => kernels((a, b) => a.add(b), 1, x(), x())],
    ["C14 binary: abs(a + b), (a + b) + a", () => kernels((a, b) => [a.add(b).abs(), a.add(b).add(a)], 1, x(), x())],
    ["C14 binary: sum(abs(a + b))", () => kernels((a, b) => a.add(b).abs().sum(), 1, x(), x())],
    ["C15 gelu is one kernel", () => kernels((a) => a.mul(a.div(Math.SQRT2).erf().add(1)).div(2), 1, x())],
    ["C18 an internal output", () => kernels((a) => [a.abs(), a.abs().square()], 1, x())],
    ["C18 outputs of two shapes", () => kernels((a, b) => [a.add(b), a.mul(2)], 1, x(), x())],
    [
      "C19 twenty unary ops",
      () =>
        kernels(
          (a) => {
            for (let i = 0; i < 10; i++) a = a.sin().cos();
            return a;
          },
          1,
          x(),
        ),
    ],
    [
      "C20 a value used by a fused chain and by a reduction",
      async () => {
        const fn = (a) => {
          const b = a.exp().abs();
          return b.add(b.sum().mul(0.01).exp().abs());
        };
        near(await compile(fn)(x()).data(), await fn(x()).data(), 1e-5);
      },
    ],
    [
      "C21 a compiled function inside a compiled one is one kernel",
      () => {
        const inner = compile((a) => a.exp().exp());
        return kernels((a) => inner(inner(a)), 1, tensor([0.1, -1]));
      },
    ],
    [
      "C22 value and gradient of a compiled function are one kernel",
      async () => {
        const inner = compile((a) => a.exp());
        const f = compile((a) => valueAndGrad((b) => inner(b).sum())(a)[1]);
        near(await f(tensor([0.5, 1])).data(), [Math.exp(0.5), Math.E]);
        equal(f.cache()[0].kernels, 1);
      },
    ],
    [
      "C23 the same pipeline serves two shapes",
      () => {
        const f = compile((a) => a.mul(1.2345).sin().add(0.777));
        const [a, b] = [ones([6]).add(0), ones([3, 2]).add(0)];
        evaluate(a, b);
        const first = during(() => f(a));
        const second = during(() => f(b));
        equal(second.pipelinesCreated, 0, `after ${first.pipelinesCreated}`);
        deepEqual([f.stats.misses, second.dispatches], [2, 1]);
      },
    ],
    [
      "C24 float32, then int32",
      async () => {
        const f = compile((a) => a.add(a).abs());
        deepEqual([await read(f(tensor([-1.5]))), await read(f(int([-2])))], [[3], [4]]);
      },
    ],
    [
      "C26 strides: the rank of a broadcast",
      async () => deepEqual(compile((a, b) => a.add(b))(zeros([1, 8, 8]), zeros([8, 8])).shape, [1, 8, 8]),
    ],
    [
      "C30 random bits of two shapes and dtypes, of one key, are not merged",
      async () => {
        const draw = (key) => [
          random.bits([4], { key }),
          random.bits([2], { key }),
          random.uniform([4], { key }),
          random.randint(0, 100, [4], { key }),
        ];
        const f = compile(draw);
        const got = f(random.key(7));
        deepEqual(
          got.map(({ shape, dtype }) => [shape, dtype]),
          [
            [[4], "uint32"],
            [[2], "uint32"],
            [[4], "float32"],
            [[4], "int32"],
          ],
        );
        for (const [i, wanted] of draw(random.key(7)).entries()) deepEqual(await read(got[i]), await read(wanted), `draw ${i}`);
        const bits = f
          .inspect(random.key(7))
          .graphs.at(-1)
          .graph.nodes.filter(({ op }) => /random/i.test(op));
        deepEqual(new Set(bits.map(({ shape }) => shape.join())).size >= 2, true, "two shapes of bits");
      },
    ],
    [
      "C28 a changed outer number is not seen",
      async () => {
        let k = 2;
        const fn = counted((a) => a.add(k));
        const f = compile(fn);
        equal(await f(int(0)).item(), 2);
        k = 3;
        deepEqual([await f(int(0)).item(), fn.runs], [2, 1]);
        equal(await compile((a) => a.add(k))(int(0)).item(), 3, "a new function");
      },
    ],
  ];
};
export default { table, cases };
