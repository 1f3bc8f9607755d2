/** @file Files: npy, safetensors and exported functions, in and out, right and wrong. */
import { deepEqual, equal, near, ok, rejects, throws } from "../check.mjs";

/** A safetensors file of a header and so many zero bytes. */
export function safetensors(header, elements) {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + elements);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  return file;
}

export default ({ interfuse, kind }) => {
  const { compile, exportFunction, grad, importFunction, io, ones, random, tensor, Tensor } = interfuse;
  const read = async (x) => Array.from(await x.data());
  return [
    [
      "io: npy and safetensors survive",
      async () => {
        const samples = {
          floats: tensor([
            [1.5, -0, Infinity],
            [NaN, 1e-40, -7.25],
          ]),
          // Software adapters have no float16.
          ...(kind === "cpu" && { halves: tensor([1, 2.5], { dtype: "float16" }) }),
          ints: tensor([-1, 2 ** 31 - 1], { dtype: "int32" }),
          uints: tensor([2 ** 32 - 1], { dtype: "uint32" }),
          bools: tensor([true, false]),
          scalar: tensor(7),
          empty: ones([0, 3]),
          'odd "name"\n😀': tensor([1]),
        };
        const file = await io.saveSafetensors(samples, { metadata: { format: "pt", 'a"b': "c" } });
        const back = io.loadSafetensors(file);
        deepEqual(Object.keys(back), Object.keys(samples));
        deepEqual(io.safetensorsMetadata(file.slice().buffer), { format: "pt", 'a"b': "c" });
        for (const [name, x] of Object.entries(samples)) {
          for (const y of [back[name], io.loadNpy(await io.saveNpy(x))]) {
            deepEqual([y.shape, y.dtype, await y.data()], [x.shape, x.dtype, await x.data()], name);
          }
        }
        const nested = io.loadSafetensors(await io.saveSafetensors({ layers: [{ w: tensor([1]) }, { w: tensor([2]), b: tensor([3]) }] }));
        deepEqual(Object.keys(nested), ["layers.0.w", "layers.1.w", "layers.1.b"]);
        deepEqual(await read(nested["layers.1.b"]), [3]);
      },
    ],
    [
      "io: a dtype that GPUs lack throws when it is asked for",
      async () => {
        const file = io.loadSafetensors(
          safetensors(
            {
              wide: { dtype: "I64", shape: [1], data_offsets: [0, 8] },
              fine: { dtype: "BF16", shape: [2], data_offsets: [8, 12] },
              odd: { dtype: "F8_E4M3", shape: [1], data_offsets: [12, 13] },
            },
            13,
          ),
        );
        deepEqual(Object.keys(file), ["fine"]);
        deepEqual([file.fine.dtype, await read(file.fine)], ["float32", [0, 0]]);
        throws(
          () => file.wide,
          "DTypeError",
          'loadSafetensors: "wide" has 64-bit elements, which GPUs lack. Convert it to float32 or int32 where the file is written.',
        );
        throws(() => file.odd, "DTypeError");
        ok("wide" in file && file.nothing === undefined, "it is there, and what is not is not");
      },
    ],
    [
      "io: bytes that are no files are errors",
      async () => {
        throws(() => io.loadNpy(new Uint8Array(3)), "CompileArgumentError", "loadNpy: this is not an npy file. Write it with numpy.save.");
        throws(
          () => io.loadNpy("x.npy"),
          "CompileArgumentError",
          'loadNpy: the argument must be a Uint8Array or an ArrayBuffer, got "x.npy". Read the file first: new Uint8Array(await response.arrayBuffer()).',
        );
        throws(() => io.loadSafetensors(new Uint8Array(8).fill(255)), "CompileArgumentError");
        throws(
          () => io.loadSafetensors(safetensors({ a: { dtype: "F32", shape: [2 ** 40], data_offsets: [0, 8] } }, 8)),
          "CompileArgumentError",
        );
        throws(
          () => importFunction(safetensors({}, 0)),
          "CompileArgumentError",
          "importFunction: this is not an exported function. Write it with exportFunction.",
        );
        await rejects(
          io.saveSafetensors({ a: 1 }),
          "CompileArgumentError",
          'saveSafetensors: there is 1 at "a". Give an object of tensors, or of such objects.',
        );
        await rejects(io.saveSafetensors({ "a.b": ones([1]), a: { b: ones([1]) } }), "CompileArgumentError");
        await rejects(io.saveNpy(3), "CompileArgumentError");
      },
    ],
    [
      "io: an exported function is the function",
      async () => {
        const w = tensor([
          [1, 2],
          [3, 4],
        ]);
        const f = compile(function score(x, { bias, scale }) {
          return { y: x.matmul(w).mul(scale).add(bias), more: [x, null, -0, "text"] };
        });
        const args = () => [tensor([[1, 1]]), { bias: tensor([10, 20]), scale: 2 }];
        const file = await exportFunction(f, ...args());
        equal(f.stats.misses, 0, "calls of the function");
        deepEqual(Object.keys(io.loadSafetensors(file)), ["constant.0"]);
        const g = importFunction(file);
        equal(g.name, "score");
        for (let i = 0; i < 2; i++) {
          const { y, more } = g(...args());
          deepEqual(await read(y), [18, 32]);
          deepEqual([await read(more[0]), ...more.slice(1)], [[1, 1], null, -0, "text"]);
        }
        deepEqual([g.stats.misses, g.stats.hits], [1, 1]);
        ok(g.inspect(...args()).kernels.length <= 2, "it is compiled");
        const inner = compile((x) => g(x, { bias: ones([2]), scale: 2 }).y.sum());
        equal(await inner(tensor([[1, 1]])).item(), 22, "inside another function");
        if (grad) near(await grad((x) => g(x, { bias: ones([2]), scale: 2 }).y.sum())(tensor([[1, 1]])).data(), [6, 14]);
        throws(() => g(tensor([[1, 1]]), { bias: ones([2]), scale: 3 }), "CompileArgumentError");
        throws(
          () => g(tensor([1, 1]), { bias: ones([2]), scale: 2 }),
          "ShapeError",
          'score: tensor "x" is float32[2], the function was exported for float32[1,2]. Export it for these, or convert the tensor.',
        );
        const again = await exportFunction(f, ...args());
        ok(again.length === file.length && again.every((byte, i) => byte === file[i]), "the same function gives the same bytes");
      },
    ],
    [
      "io: open sizes stay open in files, and guards go along",
      async () => {
        const f = compile((x, { w }) => x.matmul(w).softmax(-1).mul(x.sum()), { shapeless: true });
        const args = (m, n) => [ones([m, n]), { w: ones([n, 2]) }];
        const g = importFunction(await exportFunction(f, ...args(2, 3)));
        for (const [m, n] of [
          [2, 3],
          [1, 1],
          [5, 4],
          [0, 2],
        ])
          deepEqual(await read(g(...args(m, n))), await read(f.fn(...args(m, n))), `${m}, ${n}`);
        equal(g.stats.traces, 1, "one entry");
        const named = compile((x) => (x.shape[1] > 2 ? x.mul(2) : x), { dynamicDims: { 0: { 0: "batch" } } });
        const h = importFunction(await exportFunction(named, ones([2, 3])));
        deepEqual(await read(h(ones([1, 3]))), [2, 2, 2]);
        throws(() => h(ones([1, 2])), "ShapeError");
        const part = importFunction(
          await exportFunction(
            compile((x) => x.slice([1, 3]), { shapeless: true }),
            ones([5]),
          ),
        );
        deepEqual(part(ones([4])).shape, [2]);
        throws(() => part(ones([2])), "ShapeGuardError");
      },
    ],
    [
      "io: random numbers of exported functions are drawn from the generator of the caller, or from a key",
      async () => {
        const noisy = (x) => x.add(random.normal([2])).mul(random.uniform([2]));
        const f = compile(noisy, { state: [random.state] });
        const x = tensor([1, 2]);
        const g = importFunction(await exportFunction(f, x));
        const three = async (draw) => {
          random.seed(7);
          return [await read(draw(x)), await read(draw(x)), await read(draw(x))];
        };
        const wanted = await three(noisy);
        deepEqual(await three(g), wanted);
        equal(g.stats.hits, 2);
        await rejects(exportFunction(noisy, x), "CompileArgumentError");
        const keyed = importFunction(await exportFunction((x, key) => x.add(random.normal([2], { key })), x, random.key(3)));
        for (const seed of [3, 4])
          deepEqual(await read(keyed(x, random.key(seed))), await read(x.add(random.normal([2], { key: random.key(seed) }))));
      },
    ],
    [
      "io: what cannot be exported is told, and leaves nothing behind",
      async () => {
        await rejects(exportFunction(3), "CompileArgumentError", "exportFunction: the first argument must be a function, got 3");
        await rejects(
          exportFunction((d) => d, new Date()),
          "CompileArgumentError",
          "exportFunction: the arguments must be tensors and constants in arrays and plain objects; got Date at d. Files know no classes: pass their parts, or close over them.",
        );
        const mine = new RangeError("mine");
        await rejects(
          exportFunction(() => {
            throw mine;
          }),
          "RangeError",
          "mine",
        );
        let leaked;
        await rejects(
          exportFunction((x) => ((leaked = x), x.add(ones([7]))), ones([2])),
          "ShapeError",
        );
        throws(() => leaked.add(1), "LeakedTracerError");
        equal(interfuse.io === io && compile((x) => x.add(1))(tensor([1])) instanceof Tensor, true, "compile works afterwards");
      },
    ],
    [
      "io: changed files are refused or read, and nothing else",
      async () => {
        const w = tensor([1, 2, 3]);
        const file = await exportFunction((x) => x.mul(w).exp().sum(), ones([3]));
        let random = 12345;
        const below = (n) => (random = (Math.imul(random, 1103515245) + 12345) >>> 0) % n;
        let refused = 0;
        for (let i = 0; i < 400; i++) {
          const changed = file.slice(0, i % 4 === 0 ? below(file.length) : file.length);
          for (let j = 0; j <= below(3) && changed.length > 0; j++) changed[below(changed.length)] = below(256);
          try {
            importFunction(changed);
          } catch (error) {
            if (!(error instanceof interfuse.InterfuseError)) throw error;
            refused++;
          }
        }
        ok(refused > 200, `${refused} of 400 are refused`);
        const form = (text) => {
          const metadata = {
            format: "interfuse.function",
            version: "1",
            name: "f",
            inputs: "x",
            form: text,
            graph: "%0: float32[1] = input 0\nreturn %0\n",
          };
          return importFunction(safetensors({ __metadata__: metadata }, 0));
        };
        deepEqual(await read(form("")(tensor([5]))), [5]);
        for (const text of [
          "{",
          "1",
          '{"arguments":[],"result":{"t":1}}',
          '{"arguments":[{"t":-1}],"result":{"t":0}}',
          '{"arguments":[{"t":0}]}',
          `{"arguments":[{"t":0}],"result":${"[".repeat(100)}${"]".repeat(100)}}`,
          '{"arguments":[{"t":0}],"result":{"o":[1]}}',
          `{"arguments":${"[".repeat(1e5)}`,
        ]) {
          throws(() => form(text), "CompileArgumentError", "importFunction: the form of the arguments and results is malformed");
        }
      },
    ],
  ];
};
