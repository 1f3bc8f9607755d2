/** @file Transforms: values, trees, nesting in each other and in `compile`, mistakes. Case ids are those of MLX's tests. */
import { deepEqual, equal, near, ok, throws } from "../check.mjs";

export default ({ interfuse }) => {
  const { checkpoint, compile, customFunction, evaluate, grad, jvp, memory, ones, tensor, Tensor, valueAndGrad, vjp, vmap } = interfuse;
  const read = async (x) => Array.from(await x.data());
  const values = [0.5, -0.5, 1.2];
  const exps = values.map(Math.exp);
  const sumExp = (x) => x.exp().sum();
  return [
    [
      "transform: grad of a sum of exponentials, compiled in either order (M05a, C02)",
      async () => {
        const x = tensor(values);
        near(await grad(sumExp)(x).data(), exps);
        const outside = compile(grad(sumExp));
        near(await outside(x).data(), exps);
        near(await outside(tensor(values)).data(), exps);
        deepEqual([outside.stats.misses, outside.stats.hits, outside.stats.traces], [1, 1, 1]);
        near(await grad(compile(sumExp))(x).data(), exps);
        near(await compile(grad(compile(sumExp)))(x).data(), exps);
        equal(outside.inspect(x).kernels.length, 1, "kernels");
      },
    ],
    [
      "transform: value, more results and gradient (M05b, M31b, C22)",
      async () => {
        const f = (x) => [sumExp(x), x.sin()];
        for (const g of [
          valueAndGrad(f, { hasAux: true }),
          compile(valueAndGrad(f, { hasAux: true })),
          valueAndGrad(compile(f), { hasAux: true }),
        ]) {
          const [[value, sines], gradient] = g(tensor(values));
          near(await value.data(), [exps.reduce((a, b) => a + b)]);
          near(await sines.data(), values.map(Math.sin));
          near(await gradient.data(), exps);
        }
        const step = (x) => {
          const [value, gradient] = valueAndGrad((x) => x.square().sum())(x);
          return [value, x.sub(gradient.mul(0.5))];
        };
        const [value, next] = compile(step)(tensor([3, -1]));
        deepEqual([await value.item(), await read(next)], [10, [0, 0]]);
      },
    ],
    [
      "transform: two inputs, by either and by both (M10)",
      async () => {
        const f = (x, w) => {
          const y = x.mul(w);
          return y.mul(y.exp()).sum();
        };
        const [x, w] = [tensor([1, -0.5]), tensor([0.5, 2])];
        const slope = (y) => (1 + y) * Math.exp(y);
        const [byX, byW] = [
          [0.5 * slope(0.5), 2 * slope(-1)],
          [slope(0.5), -0.5 * slope(-1)],
        ];
        near(await compile(grad(f))(x, w).data(), byX);
        near(await grad(f, { argnums: 1 })(x, w).data(), byW);
        near(await grad(f, { argnums: -1 })(x, w).data(), byW);
        const both = compile(grad(f, { argnums: [1, 0] }))(x, w);
        near(await both[0].data(), byW);
        near(await both[1].data(), byX);
      },
    ],
    [
      "transform: gradients are trees like the arguments",
      async () => {
        const loss = (p, x, power) => p.layers[0].w.mul(x).add(p.b).pow(power).sum();
        const p = { layers: [{ w: tensor([1, 2]), name: "first" }], b: tensor(1), scale: 3 };
        const g = grad(loss)(p, tensor([3, 4]), 2);
        deepEqual(Object.keys(g), ["layers", "b", "scale"]);
        deepEqual([g.layers[0].name, g.scale], ["first", 3]);
        deepEqual([await read(g.layers[0].w), await g.b.item()], [[24, 72], 26]);
        equal(
          grad(function named(x, y) {
            return x.sum();
          }).name,
          "named",
        );
      },
    ],
    [
      "transform: batches, of compiled functions too (M11)",
      async () => {
        const x = tensor([
          [1, 2, 3],
          [4, 5, 6],
        ]);
        const negExp = (x) => x.exp().neg();
        near(
          await vmap(compile(negExp))(x).data(),
          [1, 2, 3, 4, 5, 6].map((v) => -Math.exp(v)),
        );
        near(
          await compile(vmap(negExp))(x).data(),
          [1, 2, 3, 4, 5, 6].map((v) => -Math.exp(v)),
        );
        const add = (a, b) => a.add(b);
        deepEqual(await read(vmap(compile(add))(x, x)), [2, 4, 6, 8, 10, 12]);
        const y = tensor([
          [1, 2],
          [3, 4],
          [5, 6],
        ]);
        const mixed = vmap(compile(add), { inAxes: [0, 1] })(x, y);
        deepEqual(mixed.shape, [2, 3]);
        deepEqual(await read(mixed), [2, 5, 8, 6, 9, 12]);
        const tree = vmap((t, k) => ({ sum: t.a.sum().mul(k), b: t.b }), { inAxes: [{ a: 0, b: null }, null], outAxes: { sum: 0, b: 1 } });
        const { sum, b } = tree({ a: x, b: tensor([7, 8]) }, tensor(2));
        deepEqual(
          [await read(sum), b.shape],
          [
            [12, 30],
            [2, 2],
          ],
        );
        deepEqual(await read(b), [7, 7, 8, 8]);
        deepEqual(await read(vmap(grad((row) => row.square().sum()))(x)), [2, 4, 6, 8, 10, 12]);
      },
    ],
    [
      "transform: either direction, of compiled functions too (M12)",
      async () => {
        const [x, c] = [tensor(values), tensor([1, 10, 100])];
        for (const f of [(x) => x.exp(), compile((x) => x.exp())]) {
          const [y, [byX]] = vjp(f, [x], c);
          near(await y.data(), exps);
          near(
            await byX.data(),
            exps.map((v, i) => v * 10 ** i),
            1e-5,
          );
          const [again, rate] = jvp(f, [x], [c]);
          near(await again.data(), exps);
          near(
            await rate.data(),
            exps.map((v, i) => v * 10 ** i),
            1e-5,
          );
        }
        const hessian = vmap(
          (v) =>
            jvp(
              grad((x) => x.slice(0).mul(x.slice(1)).square()),
              [tensor([1, 2])],
              [v],
            )[1],
        )(
          tensor([
            [1, 0],
            [0, 1],
          ]),
        );
        near(await hessian.data(), [8, 8, 8, 2]);
      },
    ],
    [
      "transform: work may be submitted inside, but not read (M13)",
      async () => {
        const inner = compile((x) => x.abs().exp());
        const outer = (x) => {
          const y = inner(x);
          evaluate(y);
          return y.sum();
        };
        near(
          await grad(outer)(tensor(values)).data(),
          values.map((v) => Math.sign(v) * Math.exp(Math.abs(v))),
        );
        near(
          await compile(grad(outer))(tensor(values)).data(),
          values.map((v) => Math.sign(v) * Math.exp(Math.abs(v))),
        );
        const own = tensor([1, 2]).add(1);
        grad(function f(x) {
          evaluate(own);
          return x.mul(own).sum();
        })(ones([2]));
        deepEqual(await read(own), [2, 3]);
      },
    ],
    [
      "transform: higher derivatives, and what is closed over",
      async () => {
        const third = grad(grad(grad((x) => x.sin())));
        near(await third(tensor(0.7)).data(), [-Math.cos(0.7)]);
        near(await compile(third)(tensor(0.7)).data(), [-Math.cos(0.7)]);
        // The derivative of x times the derivative of (x + y) by y, which closes over x.
        const nested = grad((x) => x.mul(grad((y) => x.mul(y).mul(y))(tensor(3))));
        equal(await nested(tensor(2)).item(), 24);
        const still = grad((x) => x.mul(x.stopGradient()).sum());
        deepEqual(await read(still(tensor([3]))), [3]);
        deepEqual(await read(grad((x) => ones([]).mul(4))(tensor([3, 4]))), [0, 0]);
      },
    ],
    [
      "transform: recomputation and gradients of one's own",
      async () => {
        const block = checkpoint((x, k) => ({ y: x.sin().exp().mul(k) }));
        const f = (x) => block(x, 2).y.sum();
        const wanted = values.map((v) => 2 * Math.cos(v) * Math.exp(Math.sin(v)));
        near(await grad(f)(tensor(values)).data(), wanted);
        near(await compile(grad(f))(tensor(values)).data(), wanted);
        const scale = tensor(10);
        const round = customFunction((x, p) => x.round().add(p.offset), {
          vjp: ([x, p], ct, y) => [ct.mul(scale).mul(y), { offset: ct.mul(0) }],
        });
        const g = (x) =>
          round(x, { offset: tensor([1]) })
            .mul(2)
            .sum();
        deepEqual(await read(round(tensor([1.3]), { offset: tensor([1]) })), [2]);
        deepEqual(await read(grad(g)(tensor([1.3]))), [40]);
        deepEqual(await read(compile(grad(g))(tensor([1.3]))), [40]);
        deepEqual(await read(vmap(grad(g))(tensor([[1.3], [2.6]]))), [40, 80]);
      },
    ],
    [
      "transform: nothing of a function that threw or was transformed stays behind",
      () => {
        const x = ones([4]);
        const count = () => memory().tensors;
        const before = count();
        for (let i = 0; i < 3; i++) {
          grad((x) => x.mul(x).sum())(x).dispose();
          throws(
            () =>
              grad(() => {
                throw new RangeError("mine");
              })(x),
            "RangeError",
            "mine",
          );
          compile((x) => grad((y) => y.mul(x).sum())(x))(x).dispose();
        }
        equal(count(), before, "tensors");
        // Tensors of the outer trace that are made while an inner function is recorded outlive the recording.
        let kept;
        const f = compile((x) => {
          grad((y) => {
            kept = x.add(1);
            return y.sum();
          })(x);
          return kept.mul(2);
        });
        equal(f(x).shape[0], 4);
        ok(kept instanceof Tensor);
      },
    ],
    ...[
      [
        "no scalar",
        () =>
          grad(function f(x) {
            return x;
          })(ones([3])),
        "ShapeError",
        "grad('f'): the function returned float32[3], and only a scalar has a gradient. Reduce it with sum() or mean(), or use vjp with a cotangent of its shape.",
      ],
      [
        "no float",
        () =>
          grad(function f(x) {
            return x.sum().astype("int32");
          })(ones([3])),
        "DTypeError",
        "grad('f'): the function returned int32[], and only floats have gradients. Convert it with astype before summing.",
      ],
      [
        "no tensor",
        () =>
          grad(function f() {
            return 3;
          })(ones([3])),
        "CompileArgumentError",
        "grad('f'): the function returned 3. Return the scalar tensor to differentiate, or say hasAux: true in valueAndGrad where it returns [value, ...more].",
      ],
      [
        "no such argument",
        () =>
          grad(
            function f(x) {
              return x.sum();
            },
            { argnums: 2 },
          )(ones([3])),
        "CompileArgumentError",
        "grad('f'): there is no argument 2 in a call with 1. argnums counts arguments from 0.",
      ],
      [
        "an argument twice",
        () =>
          grad(
            function f(x) {
              return x.sum();
            },
            { argnums: [0, -1] },
          )(ones([3])),
        "CompileArgumentError",
        "grad('f'): argnums names argument 0 twice. Name every argument once.",
      ],
      [
        "an argument without tensors",
        () =>
          grad(function f(x) {
            return x;
          })(3),
        "CompileArgumentError",
        "grad('f'): args[0] holds no tensor, and only tensors have gradients. Make tensors of its numbers: tensor(...).",
      ],
      [
        "an integer argument",
        () =>
          grad(function f(p) {
            return p.w.sum();
          })({ w: ones([2]), n: [tensor(new Int32Array(3))] }),
        "DTypeError",
        "grad('f'): args[0].n[0] is int32[3], which has no gradient. Only floats have one: convert it with astype, or leave the argument out of argnums.",
      ],
      [
        "odd argnums",
        () =>
          grad(
            function f(x) {
              return x;
            },
            { argnums: "x" },
          ),
        "CompileArgumentError",
        "grad('f'): argnums is \"x\". It must be the number of an argument, or an array of such.",
      ],
      [
        "an unknown option",
        () => grad((x) => x, { argnum: 1 }),
        "CompileArgumentError",
        'grad: there is no option "argnum". There is argnums.',
      ],
      ["no function", () => vmap(3), "CompileArgumentError", "vmap: the first argument must be a function, got 3"],
      [
        "a read",
        () =>
          grad(function f(x) {
            x.data();
            return x.sum();
          })(ones([2])),
        "HostReadError",
        "data: a tensor has no value while grad('f') traces the function. Return it and read the result, or compute with it (where, maximum, ...) instead of reading it.",
      ],
      [
        "a read that is swallowed",
        () =>
          compile((x) =>
            grad(function f(x) {
              try {
                x.data();
              } catch {
                /* too late */
              }
              return x.sum();
            })(x),
          )(ones([2])),
        "HostReadError",
        "data: a tensor has no value while grad('f') traces the function. Return it and read the result, or compute with it (where, maximum, ...) instead of reading it.",
      ],
      [
        "a placeholder that leaked",
        () => {
          let leaked;
          grad(function f(x) {
            leaked = x;
            return x.sum();
          })(ones([2]));
          return leaked.add(1);
        },
        "LeakedTracerError",
        "add: placeholder from grad('f') used after tracing. Return it from the function.",
      ],
      [
        "a promise",
        () =>
          grad(async function f(x) {
            return x.sum();
          })(ones([2])),
        "CompileArgumentError",
        "grad('f'): the function returned a promise. A function that is transformed must not wait: await outside of it.",
      ],
      [
        "a cotangent of another shape",
        () =>
          vjp(
            function f(x) {
              return x;
            },
            [ones([2])],
            ones([3]),
          ),
        "ShapeError",
        "vjp('f'): cotangent 0 is float32[3], the result is float32[2]. A cotangent has the shape and dtype of its result.",
      ],
      [
        "too many tangents",
        () =>
          jvp(
            function f(x) {
              return x;
            },
            [ones([2])],
            [ones([2]), ones([2])],
          ),
        "CompileArgumentError",
        "jvp('f'): 2 tangents for 1 arguments. Give one tangent for each argument, of its shape and dtype.",
      ],
      [
        "batches of two sizes",
        () =>
          vmap(function f(x, y) {
            return x.add(y);
          })(ones([2, 3]), ones([4, 3])),
        "ShapeError",
        "vmap('f'): axis 0 of args[1] (float32[4,3]) counts 4 examples, that of args[0] (float32[2,3]) 2. The batched axes must have one size.",
      ],
      [
        "an axis out of range",
        () =>
          vmap(
            function f(x) {
              return x;
            },
            { inAxes: 2 },
          )(ones([2, 3])),
        "CompileArgumentError",
        "vmap('f'): axis 2 of inAxes is out of range for args[0], float32[2,3]. null in inAxes leaves a tensor out of the batch.",
      ],
      [
        "nothing to batch",
        () =>
          vmap(
            function f(x) {
              return x;
            },
            { inAxes: null },
          )(ones([2, 3])),
        "CompileArgumentError",
        "vmap('f'): no tensor of the arguments has an axis for the batch. Give at least one tensor an axis in inAxes.",
      ],
      [
        "axes of another form",
        () =>
          vmap(
            function f(x) {
              return x.a;
            },
            { inAxes: [[0]] },
          )({ a: ones([2]) }),
        "CompileArgumentError",
        "vmap('f'): inAxes has an array of 1 where there is Object. It must be an axis, null, or a tree of axes in the form of what they are for.",
      ],
      [
        "a result axis out of range",
        () =>
          vmap(
            function f(x) {
              return x.sum();
            },
            { outAxes: 1 },
          )(ones([2, 3])),
        "CompileArgumentError",
        "vmap('f'): axis 1 of outAxes is out of range for a batch of float32[]. Give one for each, or one for all.",
      ],
      [
        "an integer result of a custom function",
        () =>
          customFunction(
            function f(x) {
              return x.astype("int32");
            },
            { vjp: (p, ct) => ct },
          )(ones([2])),
        "DTypeError",
        "customFunction('f'): the function returned int32[2], and only floats have gradients. Compute it outside of the function.",
      ],
      [
        "a gradient of another shape",
        () =>
          customFunction(
            function f(x) {
              return x.sum();
            },
            { vjp: (p, ct) => ct },
          )(ones([2])),
        "ShapeError",
        "customFunction('f'): gradient 0 is float32[], the argument is float32[2]. A gradient has the shape and dtype of its argument.",
      ],
      [
        "no gradient",
        () =>
          customFunction(function f(x) {
            return x;
          }, {}),
        "CompileArgumentError",
        "customFunction('f'): the gradient is undefined. Give { vjp: (primals, cotangents, results) => gradients }.",
      ],
    ].map(([what, mistake, name, text]) => [`transform: ${what}`, () => void throws(mistake, name, text)]),
  ];
};
