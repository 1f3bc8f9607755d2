/** @file Entries with more leaves than a kernel binds, and what is left after them: nothing. */

export const table = "limits and memory";

export const cases = ({
  collect,
  compile,
  counts,
  deepEqual,
  devtools,
  during,
  equal,
  evaluate,
  interfuse,
  kind,
  memory,
  ok,
  ones,
  read,
  tensor,
  throws,
  warnings,
}) => {
  const many = (n, size = 8) => Array.from({ length: n }, (_, i) => ones([size]).mul(i + 1));
  const triangle = (n) => (n * (n + 1)) / 2;
  return [
    ...[20, 64, 200].map((n) => [
      `${n} inputs`,
      async () => {
        const inputs = many(n);
        const f = compile((...xs) => xs.reduce((a, b) => a.add(b)));
        deepEqual(await read(f(...inputs)), Array(8).fill(triangle(n)));
        deepEqual(await read(f(...inputs)), Array(8).fill(triangle(n)));
        deepEqual(counts(f), [1, 1, 0, 1]);
      },
    ]),
    [
      "32 outputs",
      async () => {
        const f = compile((x) => Array.from({ length: 32 }, (_, i) => x.mul(i)));
        for (let run = 0; run < 2; run++) {
          const outputs = f(tensor([1, 2]));
          deepEqual(
            await Promise.all(outputs.map(read)),
            Array.from({ length: 32 }, (_, i) => [i, 2 * i]),
          );
        }
      },
    ],
    [
      "41 captured tensors",
      async () => {
        const weights = many(41);
        const f = compile((x) => weights.reduce((a, b) => a.add(b), x));
        for (let run = 0; run < 2; run++) deepEqual(await read(f(tensor(Array(8).fill(run)))), Array(8).fill(triangle(41) + run));
        equal(f.stats.hits, 1);
      },
    ],
    [
      "64 inputs and 32 outputs at once",
      async () => {
        const inputs = many(64, 4);
        const f = compile((...xs) => {
          const sum = xs.reduce((a, b) => a.add(b));
          return xs.slice(0, 32).map((x) => sum.sub(x));
        });
        const outputs = f(...inputs);
        deepEqual(await read(outputs[0]), Array(4).fill(triangle(64) - 1));
        deepEqual(await read(outputs[31]), Array(4).fill(triangle(64) - 32));
      },
    ],
    [
      "state of 20 tensors, all of them replaced",
      async () => {
        const state = { list: many(20) };
        const f = compile(
          (x) => {
            state.list = state.list.map((w) => w.add(x));
          },
          { state },
        );
        for (let i = 0; i < 3; i++) f(tensor(1));
        deepEqual(await read(state.list[19]), Array(8).fill(23));
        deepEqual(counts(f), [2, 1, 0, 1]);
      },
    ],
    [
      "after clearCache, buffers, bytes and handles are back; compiling again makes no pipeline and grows no memory",
      async () => {
        const x = ones([512]).add(1);
        evaluate(x);
        const weights = many(3, 512);
        evaluate(weights);
        // In a scope, which stands for a collection.
        const once = () =>
          interfuse.scope(() => {
            const f = compile((y) =>
              weights
                .reduce((a, w) => a.add(w.mul(1.0625)), y)
                .exp()
                .sum(),
            );
            f(x);
            f(x);
            f.clearCache();
          });
        // A read waits until the device has taken every kernel, for which memory is kept until then.
        once();
        await x.data();
        devtools.trim();
        const [start, created] = [memory(), devtools.counters()];
        for (let i = 0; i < 50; i++) once();
        await x.data();
        devtools.trim();
        const [after, now] = [memory(), devtools.counters()];
        deepEqual(
          [after.tensors, after.buffers, after.bytesInUse, after.bytesPooled],
          [start.tensors, start.buffers, start.bytesInUse, start.bytesPooled],
        );
        equal(now.pipelinesCreated - created.pipelinesCreated, 0, "pipelines");
        ok(now.dispatches > created.dispatches, "kernels ran");
      },
    ],
    [
      "after clearCache and collection, tensors, buffers, pipelines, bind groups and the Wasm memory in use are back, whatever was compiled, hit, evicted, broken or thrown",
      async () => {
        const weights = many(3, 64);
        evaluate(weights);
        const round = async () => {
          // A function of its own each time: stores are dropped, not only cleared.
          const state = { w: ones([8]) };
          const f = compile(
            (x, k) => {
              state.w = state.w.add(k);
              return weights.reduce((a, w) => a.add(w.slice([0, 8])), x.mul(state.w)).softmax();
            },
            { state, maxCacheSize: 3 },
          );
          for (const k of [1, 2, 3, 4, 4, 5]) f(ones([8]), k);
          const open = compile((x) => x.matmul(x.transpose()).sum(1), { shapeless: true });
          for (const n of [2, 3, 4]) await open(ones([n, 4])).data();
          let reading;
          const reads = compile((x) => ((reading = x.data()), x.add(1)), { name: "reads" });
          const fails = compile((x) => x.add(ones([3])), { name: "fails" });
          throws(() => fails(ones([2])), "ShapeError");
          warnings(() => reads(ones([2])));
          // What is being read is in use.
          await reading;
          f.inspect(ones([8]), 1);
          f.clearCache();
          open.clearCache();
        };
        const inUse = async (rounds) => {
          for (let i = 0; i < rounds; i++) await round();
          await collect();
          const { peakBytes, ...held } = memory();
          return held;
        };
        // The tables of handles keep the room for as many as there ever were at a time.
        await inUse(40);
        const start = await inUse(40);
        ok(start.wasmBytes > 1e5, `${start.wasmBytes} bytes`);
        ok(kind === "cpu" || start.pipelines > 5, `${start.pipelines} pipelines`);
        equal(start.bindGroups, 0, "bind groups");
        deepEqual(await inUse(40), start);
      },
    ],
    [
      "a cached call makes no buffer and no bind group once its results are released",
      () => {
        const x = ones([64]).add(1);
        evaluate(x);
        const f = compile((y) => y.mul(2).sum());
        for (let i = 0; i < 3; i++) f(x).dispose();
        const { buffersCreated, bindGroupsCreated, submits } = during(() => {
          for (let i = 0; i < 10; i++) f(x).dispose();
        });
        deepEqual([buffersCreated, bindGroupsCreated], [0, 0]);
        // Calls of one turn share submits on a GPU.
        ok(kind === "cpu" ? submits === 10 : submits < 4, `${submits} submits`);
      },
    ],
  ];
};
export default { table, cases };
