/** @file The surface: every op is a function and a method, and a sample of them has the right values. */
import { deepEqual, equal, near, ok } from "../check.mjs";

/** The public surface beside the scalar ops, which are those of the table; what is a function only is named apart. */
const composed =
  "sum mean prod max min any all var std argmax argmin logsumexp softmax logSoftmax reshape flatten unflatten transpose swapaxes moveaxis expandDims squeeze broadcastTo slice flip roll pad concatenate stack split repeat tile tril triu matmul dot inner outer tensordot take takeAlongAxis putAlongAxis scatterAdd at cumsum cumprod cummax cummin logcumsumexp sort argsort topk median quantile norm conv1d conv2d convTranspose1d convTranspose2d maxPool avgPool kron diag diagonal trace nanToNum oneHot astype stopGradient".split(
    " ",
  );
const functions =
  "tensor zeros ones full eye arange linspace zerosLike onesLike fullLike tri meshgrid arrayEqual allclose gelu silu relu leakyRelu softplus layerNorm rmsNorm addmm divmod einsum scan fori compile init device setDevice memory nn profile random evaluate synchronize scope registerPytree enableCompile disableCompile setCompileMode checkpoint customFunction exportFunction importFunction io loadNpy loadSafetensors optim saveNpy saveSafetensors grad jvp valueAndGrad vjp vmap".split(
    " ",
  );
const classes =
  "Tensor Inspection CompilationStats InterfuseError ShapeError DTypeError DeviceError LimitError CompileArgumentError HostReadError LeakedTracerError UncapturedInputError ShapeGuardError FullgraphError DimMismatchError Dim".split(
    " ",
  );

export default ({ interfuse, tableOps }) => {
  const { arange, concatenate, divmod, full, gelu, layerNorm, matmul, meshgrid, ones, pad, softmax, stack, Tensor, tensor, where, zeros } =
    interfuse;
  const read = async (x) => Array.from(await x.data());
  return [
    [
      "ops: the exported names are those of the contract",
      () => {
        const both = [...tableOps, ...composed];
        deepEqual(Object.keys(interfuse).sort(), [...both, ...functions, ...classes].sort());
        deepEqual(
          both.filter((name) => typeof Tensor.prototype[name] !== "function"),
          [],
        );
      },
    ],
    [
      "ops: each row of the table names itself",
      () => {
        for (const name of tableOps) {
          const disposed = ones([1]);
          disposed.dispose();
          let error;
          try {
            interfuse[name](disposed, disposed, disposed);
          } catch (caught) {
            error = caught;
          }
          equal(error?.op, name, "the op of the error");
        }
      },
    ],
    [
      "ops: numbers and booleans adapt to tensors",
      async () => {
        const ints = tensor(Int32Array.of(1, 2, 3));
        equal(ints.mul(2).dtype, "int32");
        equal(ints.mul(2.5).dtype, "float32");
        equal(ints.div(2).dtype, "float32");
        equal(tensor([true]).add(1).dtype, "int32");
        equal(ones([1]).greater(0).dtype, "bool");
        deepEqual(await read(interfuse.sub(10, ints)), [9, 8, 7]);
        deepEqual(await read(ints.mod(2)), [1, 0, 1]);
        deepEqual(await read(where(ints.greater(1), ints, 0)), [0, 2, 3]);
      },
    ],
    [
      "ops: int32 and uint32 are compared by value, logic asks whether each operand is 0",
      async () => {
        const { add, compile, grad, vmap } = interfuse;
        const [ints, labels] = [
          tensor(Int32Array.of(-1, 0, 1)),
          tensor([
            [0, 2],
            [3, 1],
          ]),
        ];
        const big = tensor(Uint32Array.of(2 ** 32 - 1, 0, 2));
        const all = (x, y) => ["equal", "notEqual", "less", "lessEqual", "greater", "greaterEqual"].map((op) => x[op](y));
        const wanted = [
          [0, 1, 0],
          [1, 0, 1],
          [1, 0, 1],
          [1, 1, 1],
          [0, 0, 0],
          [0, 1, 0],
        ];
        const turned = [0, 1, 4, 5, 2, 3].map((at) => wanted[at]);
        for (const f of [all, compile(all), vmap(all)]) {
          deepEqual(await Promise.all(f(ints, big).map(read)), wanted);
          deepEqual(await Promise.all(f(big, ints).map(read)), turned);
        }
        const right = (x) => x.argmax(-1).equal(tensor(Int32Array.of(1, 1)));
        deepEqual(await read(right(labels)), [1, 0]);
        deepEqual(await grad((x) => x.max(-1).mul(right(x)).sum())(labels).array(), [
          [0, 1],
          [0, 0],
        ]);
        deepEqual(await read(ints.logicalAnd(big)), [1, 0, 1]);
        deepEqual(await read(ints.logicalOr(tensor([0, 0.5, NaN]))), [1, 1, 1]);
        let error;
        try {
          add(ints, big);
        } catch (caught) {
          error = caught;
        }
        equal(error?.name, "DTypeError");
      },
    ],
    [
      "ops: padding keeps bool",
      async () => {
        const x = tensor([true]);
        deepEqual(await x.pad(1).array(), [false, true, false]);
        for (const value of [true, 1]) deepEqual(await pad(x, [1, 0], { value }).array(), [true, true]);
        deepEqual([x.pad(1, { value: 2 }).dtype, tensor(Int32Array.of(1)).pad(1, { value: 0.5 }).dtype], ["int32", "float32"]);
      },
    ],
    [
      "ops: scalar functions",
      async () => {
        const x = tensor([-1, 0, 1]);
        near(await x.data(), [-1, 0, 1]);
        near(await gelu(x).data(), [-0.15865525, 0, 0.84134475]);
        near(await gelu(x, { approximate: "tanh" }).data(), [-0.15880801, 0, 0.841192], 1e-5);
        near(await x.exp().data(), [Math.exp(-1), 1, Math.E]);
        near(await x.erf().data(), [-0.84270079, 0, 0.84270079]);
        near(await tensor([1e-6]).tanh().data(), [1e-6], 1e-12);
        deepEqual(await read(tensor([NaN, Infinity, -Infinity, 0]).isnan()), [1, 0, 0, 0]);
        deepEqual(await read(tensor([NaN, 1]).maximum(0)), [NaN, 1]);
        deepEqual(await read(tensor([0.5, 1.5, 2.5, -0.5]).round()), [0, 2, 2, -0]);
      },
    ],
    [
      "ops: reductions",
      async () => {
        const x = arange(6).astype("float32").reshape([2, 3]);
        deepEqual(await x.sum().array(), 15);
        deepEqual(await x.sum(0).array(), [3, 5, 7]);
        deepEqual(await x.mean(-1, { keepdims: true }).array(), [[1], [4]]);
        near(await x.var(1).data(), [2 / 3, 2 / 3]);
        near(await x.std(1, { ddof: 1 }).data(), [1, 1]);
        deepEqual(await x.argmax(1).array(), [2, 2]);
        deepEqual(await x.max([0, 1]).array(), 5);
        deepEqual(await x.greater(4).any().array(), true);
        near(await softmax(tensor([1000, 1000])).data(), [0.5, 0.5]);
        near(await x.logsumexp(1).data(), [2.40760596, 5.40760596]);
        near(await layerNorm(x).data(), [-1.2247, 0, 1.2247, -1.2247, 0, 1.2247], 1e-4);
      },
    ],
    [
      "ops: views",
      async () => {
        const x = arange(6).reshape([2, 3]);
        deepEqual(await x.transpose().array(), [
          [0, 3],
          [1, 4],
          [2, 5],
        ]);
        deepEqual(await x.slice(1, [null, null, -1]).array(), [5, 4, 3]);
        deepEqual(await x.slice([0, 1]).array(), [[0, 1, 2]]);
        deepEqual(await x.flip(1).array(), [
          [2, 1, 0],
          [5, 4, 3],
        ]);
        deepEqual(await x.roll(1, 1).array(), [
          [2, 0, 1],
          [5, 3, 4],
        ]);
        deepEqual(await pad(tensor([1, 2]), [1, 2], { value: 9 }).array(), [9, 1, 2, 9, 9]);
        deepEqual(await x.reshape([-1]).shape, [6]);
        deepEqual(await x.expandDims([0, -1]).shape, [1, 2, 3, 1]);
        deepEqual(await x.expandDims(0).squeeze().shape, [2, 3]);
        deepEqual(await Promise.all(x.split(3, 1).map((part) => part.array())), [
          [[0], [3]],
          [[1], [4]],
          [[2], [5]],
        ]);
        deepEqual(await concatenate([x, x], 1).shape, [2, 6]);
        deepEqual(await stack([x, x], -1).shape, [2, 3, 2]);
        deepEqual(await x.repeat(2, 0).array(), [
          [0, 1, 2],
          [0, 1, 2],
          [3, 4, 5],
          [3, 4, 5],
        ]);
        deepEqual(await tensor([1, 2]).tile([2, 2]).array(), [
          [1, 2, 1, 2],
          [1, 2, 1, 2],
        ]);
        deepEqual(await ones([3, 3]).tril(-1).array(), [
          [0, 0, 0],
          [1, 0, 0],
          [1, 1, 0],
        ]);
        deepEqual(await x.take(tensor(Int32Array.of(2, 0)), 1).array(), [
          [2, 0],
          [5, 3],
        ]);
        deepEqual(await Promise.all(meshgrid([arange(2), arange(3)]).map((part) => part.shape)), [
          [3, 2],
          [3, 2],
        ]);
      },
    ],
    [
      "ops: products",
      async () => {
        const a = tensor([
          [1, 2],
          [3, 4],
        ]);
        deepEqual(await matmul(a, a).array(), [
          [7, 10],
          [15, 22],
        ]);
        deepEqual(await a.dot(tensor([1, 1])).array(), [3, 7]);
        deepEqual(
          await tensor([1, 2])
            .outer(tensor([3, 4]))
            .array(),
          [
            [3, 4],
            [6, 8],
          ],
        );
        deepEqual(await a.tensordot(a, 1).array(), [
          [7, 10],
          [15, 22],
        ]);
        const [floor, rest] = divmod(tensor(Int32Array.of(7, -7)), 2);
        deepEqual(
          [await floor.array(), await rest.array()],
          [
            [3, -4],
            [1, 1],
          ],
        );
      },
    ],
    [
      "tensors: data in and out",
      async () => {
        deepEqual(await tensor([[true, false]]).array(), [[true, false]]);
        equal(await tensor(3).item(), 3);
        equal(await tensor(true).item(), true);
        ok((await tensor(Uint8Array.of(1, 2)).data()) instanceof Int32Array, "bytes widen to int32");
        ok((await tensor([true]).data()) instanceof Uint8Array, "bool is read as bytes");
        deepEqual(await read(tensor(new Float64Array([0.1]), { dtype: "float32" })), [Math.fround(0.1)]);
        deepEqual(await read(tensor(new BigInt64Array([-5n]), { dtype: "int32" })), [-5]);
        const x = tensor([1, 2, 3, 4, 5, 6], { shape: [2, 3] });
        deepEqual([x.shape, x.ndim, x.size, x.nbytes, x.dtype], [[2, 3], 2, 6, 24, "float32"]);
        equal(String(x), "Tensor(float32[2,3], evaluated)");
        equal(String(x.add(1)), "Tensor(float32[2,3], lazy)");
        ok(Object.isFrozen(x.shape), "shapes are frozen");
        for (const shape of [[0], [0, 3], [2, 0]]) deepEqual(await read(zeros(shape).add(1)), []);
        deepEqual(await zeros([0, 3]).sum(0).array(), [0, 0, 0]);
        deepEqual(await full([2], true).array(), [true, true]);
      },
    ],
  ];
};
