/** @file Plain code does not leak: the garbage collector is told of bytes that it cannot see. */
import { ok, throws } from "../check.mjs";

const MIB = 2 ** 20;

export default ({ interfuse }) => [
  [
    "memory: a list of arguments for which the Wasm's memory has to grow arrives",
    () => {
      const { ones, stack } = interfuse;
      const x = ones([2]);
      // Twice as many each time, so that the memory grows at one of them at the latest, whatever was free in it.
      for (let count = 1 << 16; count <= 1 << 21; count *= 2)
        throws(
          () => stack(new Array(count).fill(x), 3),
          "CompileArgumentError",
          "stack: axis 3 is out of range for a stack of float32[2]. Its axes are 0 to 1, or -2 to -1 from the end.",
        );
    },
  ],
  [
    "memory: ten thousand iterations without dispose stay under a cap",
    async () => {
      const { init, memory, ones } = interfuse;
      await init({ maxBytes: 512 * MIB });
      const x = ones([1 << 18]).add(0);
      let most = 0;
      for (let i = 0; i < 10_000; i++) {
        const y = x.add(i);
        interfuse.evaluate(y);
        if (i % 10 === 9) await y.slice([0, 1]).data();
        most = Math.max(most, memory().bytesInUse);
      }
      ok(most < 512 * MIB, `the most was ${most / MIB} MiB, which`);
      await init({ maxBytes: 2048 * MIB });
    },
  ],
  ...[
    ["that uses its result again", (compile) => compile((x) => x.add(1).mul(0.5)), (f, x) => [f(x), (y) => y.slice(0).item()]],
    ["of the same argument", (compile) => compile((x, k) => x.add(k)), (f, x) => [f(x, 1), (y) => y.slice([0, 1]).data(), x]],
  ].map(([name, make, step]) => [
    `memory: three thousand compiled calls ${name} stay under a cap without dispose`,
    async () => {
      const { compile, init, memory, ones } = interfuse;
      const before = memory().bytesInUse;
      await init({ maxBytes: before + 256 * MIB });
      const f = make(compile);
      let x = ones([1 << 18]).add(0);
      let most = 0;
      for (let i = 0; i < 3000; i++) {
        const [y, read, argument = y] = step(f, x);
        x = argument;
        if (i % 10 === 9) await read(y);
        most = Math.max(most, memory().bytesInUse - before);
      }
      ok(most < 192 * MIB, `the most was ${most / MIB} MiB, which`);
      await init({ maxBytes: 2048 * MIB });
    },
  ]),
  [
    "memory: a synchronous loop ends in a LimitError that says what to do",
    async () => {
      const { init, memory, ones } = interfuse;
      const cap = memory().bytesInUse + 64 * MIB;
      await init({ maxBytes: cap });
      const x = ones([1 << 18]).add(0);
      const error = throws(() => {
        for (let i = 0; i < 10_000; i++) interfuse.evaluate(x.add(i));
      }, "LimitError");
      for (const remedy of ["using", "scope", "dispose", "await"]) ok(error.message.includes(remedy), `${remedy} in "${error.message}"`);
      await init({ maxBytes: 2048 * MIB });
      // The device is as it was.
      ok((await x.slice([0, 1]).add(1).data())[0] === 2, "the value afterwards");
    },
  ],
];
