/** @file Random numbers, running sums, order, updates by index, convolutions, sums by letters, and loops. */
import { deepEqual, equal, near, ok, throws } from "../check.mjs";

export default ({ interfuse }) => {
  const {
    add,
    arange,
    at,
    avgPool,
    compile,
    conv2d,
    cumsum,
    einsum,
    fori,
    maximum,
    maxPool,
    mul,
    ones,
    random,
    scan,
    sort,
    tensor,
    zeros,
  } = interfuse;
  const read = async (x) => Array.from(await x.data());
  return [
    [
      "random: the bits of a key are JAX's, on every device",
      async () => {
        deepEqual(await read(random.bits(5, { key: random.key(0) })), [4070199207, 4202968722, 1427181096, 2012915765, 2447653815]);
        const [a, b] = random.split(random.key(1));
        const draw = (key) => read(random.normal([3], { key }));
        deepEqual(await draw(a), await draw(a));
        ok((await draw(a))[0] !== (await draw(b))[0], "keys differ");
        equal(random.uniform([2, 3]).shape.join(), "2,3");
        deepEqual(
          (await read(random.permutation(10, { key: a }))).sort((x, y) => x - y),
          [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        );
      },
    ],
    [
      "random: the generator starts anew by its seed, and its state is a key",
      async () => {
        random.seed(7);
        const first = await read(random.uniform([4]));
        const second = await read(random.uniform([4]));
        random.seed(7);
        // biome-ignore lint/correctness/noSelfAssign: reading and writing the key changes nothing
        random.state.key = random.state.key;
        deepEqual([await read(random.uniform([4])), await read(random.uniform([4]))], [first, second]);
        throws(
          () => random.uniform([2], { lo: 1 }),
          "CompileArgumentError",
          'random.uniform: there is no option "lo". There are key, dtype, low and high.',
        );
        throws(
          () => random.randint(3, 3, [2]),
          "CompileArgumentError",
          "random.randint: there are no int32 numbers from 3 to 3. low comes first, and high is excluded.",
        );
      },
    ],
    [
      "running sums, order and windows have their values",
      async () => {
        deepEqual(await read(cumsum(tensor([1, 2, 3]), 0, { exclusive: true })), [0, 1, 3]);
        deepEqual(await read(tensor([1, 2, 3]).cumprod(0, { reverse: true })), [6, 6, 3]);
        deepEqual(await read(sort(tensor([3, NaN, 1]))), [1, 3, NaN]);
        deepEqual(await read(tensor([3, 1, 2]).argsort()), [1, 2, 0]);
        deepEqual(await read(tensor([3, 1, 2]).topk(2)), [3, 2]);
        near(
          await read(
            tensor([
              [1, 4],
              [2, 6],
            ]).median(1),
          ),
          [2.5, 4],
        );
        near(await read(tensor([0, 10]).quantile(0.25)), [2.5]);
        const image = arange(9).astype("float32").reshape([1, 3, 3, 1]);
        deepEqual(await read(conv2d(image, ones([1, 2, 2, 1]))), [8, 12, 20, 24]);
        deepEqual(await read(conv2d(image, ones([1, 3, 3, 1]), { padding: 1, stride: 2 })), [8, 12, 20, 24]);
        deepEqual(await read(maxPool(image, 2, { stride: 1 })), [4, 5, 7, 8]);
        deepEqual(await read(avgPool(image, 3)), [4]);
      },
    ],
    [
      "indices count from either end; out of range they are clamped where something is read and left out where it is written",
      async () => {
        const x = tensor([10, 20, 30]);
        const i = tensor([5, -1, -4, 1], { dtype: "int32" });
        const table = new interfuse.nn.Embedding(3, 1);
        table.weight = x.reshape([3, 1]);
        for (const y of [x.take(i), x.takeAlongAxis(i, 0), x.at(i).get(), table.forward(i)]) deepEqual(await read(y), [30, 30, 10, 20]);
        for (const y of [x.at(i).set(0), x.putAlongAxis(i, 0, 0)]) deepEqual(await read(y), [10, 0, 0]);
        for (const y of [x.at(i).add(1), x.scatterAdd(i, ones([4]))]) deepEqual(await read(y), [10, 21, 31]);
      },
    ],
    [
      "updates by index: the last wins, sums add up, what is out of range is ignored",
      async () => {
        const x = zeros([3]);
        const i = tensor([2, 0, 2], { dtype: "int32" });
        deepEqual(await read(x.at(i).set(tensor([1, 2, 3]))), [2, 0, 3]);
        deepEqual(await read(x.at(i).add(1)), [1, 0, 2]);
        deepEqual(await read(x.at(tensor([7], { dtype: "int32" })).add(1)), [0, 0, 0]);
        deepEqual(await read(at(ones([2, 3]), [0, 1], [1]).mul(5)), [1, 5, 5, 1, 1, 1]);
        deepEqual(await read(arange(6).reshape([2, 3]).at(1, null).get()), [3, 4, 5]);
        deepEqual(await read(arange(4).scatterAdd(i, tensor([1, 1, 1], { dtype: "int32" }))), [1, 1, 4, 3]);
        throws(
          () => x.at(5).set(1),
          "CompileArgumentError",
          "at.set: index 5 is out of range for axis 0 of float32[3]. The axis has 3 elements.",
        );
        throws(
          () => x.at("a"),
          "CompileArgumentError",
          'at: the index of axis 0 is "a". An index is a position, [start, stop, step] with null for what is left out, null for all, or a tensor of integers.',
        );
      },
    ],
    [
      "sums of products by letters",
      async () => {
        const a = arange(6).astype("float32").reshape([2, 3]);
        deepEqual(await read(einsum("ij,kj->ik", a, a)), [5, 14, 14, 50]);
        deepEqual(await read(a.diagonal()), [0, 4]);
        deepEqual(await read(tensor([1, 2]).kron(tensor([1, 10]))), [1, 10, 2, 20]);
        deepEqual(await read(tensor([3, -4]).norm()), [5]);
        deepEqual(await read(einsum("...i,i->...", a, tensor([1, 0, 2]))), [4, 13]);
        throws(
          () => einsum("...i->i", a),
          "CompileArgumentError",
          'einsum: cannot read "...i->i". Write letters, commas and one arrow, as in "ij,jk->ik"; at most one "..." in a term, and behind the arrow where a term has one.',
        );
        throws(() => einsum("ij,jk", a), "CompileArgumentError", 'einsum: "ij,jk" has 2 terms for 1 tensors');
      },
    ],
    [
      "loops: a number in the carry that changes becomes a tensor",
      async () => {
        const both = async (make, dtype, wanted) => {
          for (const y of [make(), compile(make)(), compile(() => make().mul(1))()]) deepEqual([y.dtype, await y.item()], [dtype, wanted]);
        };
        await both(() => fori(3, (_, n) => add(n, 1), 0), "int32", 3);
        await both(() => fori(3, (_, n) => add(n, 0.5), 0), "float32", 1.5);
        await both(() => fori(3, (_, n) => add(n, 1), 0.25), "float32", 3.25);
        await both(() => fori(3, (_, n) => add(n, 1), 2 ** 40), "float32", 2 ** 40);
        await both(() => fori(3, () => 5, 0), "int32", 5);
        await both(() => fori(3, () => 0.5, 0), "float32", 0.5);
        await both(() => fori(0, () => 5, 7), "int32", 7);
        await both(() => fori(3, (i, n) => maximum(i, n), 1), "int32", 2);
        await both(() => fori(3, (_, x) => 5, tensor(1)), "float32", 5);
        const { n, t, k } = fori(3, (_, { n, t, k }) => ({ n: add(n, k), t: t.add(n), k }), { n: 1, t: tensor(0), k: 2 });
        deepEqual([await n.item(), await t.item(), k], [7, 9, 2]);
        const [last, all] = scan((total, x) => [add(total, x), total], 0, tensor([1, 2, 3]));
        deepEqual([await last.item(), await read(all)], [6, [0, 1, 3]]);
        near(await read(interfuse.grad((x) => fori(3, (_, p) => mul(p, x), 1).sum())(tensor([2]).sum())), [12]);
      },
    ],
    [
      "loops: the body runs once for the trace, and so often on the device",
      async () => {
        let calls = 0;
        const steps = compile((x) =>
          fori(
            1000,
            (i, x) => {
              calls++;
              return x.add(1);
            },
            x,
          ),
        );
        deepEqual(await read(steps(tensor([0, 5]))), [1000, 1005]);
        deepEqual(await read(steps(tensor([1, 1]))), [1001, 1001]);
        equal(calls, 1);
        const [last, all] = scan((total, { x }) => [total.add(x), total.mul(x)], tensor(0), { x: tensor([1, 2, 3]) });
        deepEqual([await read(last), await read(all)], [[6], [0, 2, 9]]);
        // The order of keys is the user's.
        const swapped = fori(1, (_, { a, b }) => ({ b: b.add(10), a }), { a: tensor(1), b: tensor(2) });
        deepEqual([Object.keys(swapped).join(), await swapped.a.item(), await swapped.b.item()], ["a,b", 1, 12]);
        throws(
          () => scan((c) => c, tensor(0), tensor([1])),
          "CompileArgumentError",
          "scan: the body returned Tensor. Return [carry, y]; y may be null.",
        );
        throws(
          () => scan((c, x) => [c.astype("int32"), x], tensor(0), tensor([1])),
          "ShapeError",
          "scan: carry 0 enters a step as float32[] and leaves it as int32[]. Shapes and dtypes stay; convert with astype or reshape.",
        );
      },
    ],
  ];
};
