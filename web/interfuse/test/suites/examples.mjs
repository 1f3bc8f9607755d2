/** @file The examples in the docs of the functions give what they say. */
import { deepEqual, near, ok } from "../check.mjs";
import examples from "./examples.gen.mjs";

/** How deep each array is, and how long. */
const shape = (value) => (Array.isArray(value) ? value.map(shape) : null);

const read = async (answer) => (Array.isArray(answer) ? Promise.all(answer.map((x) => x.array())) : answer.array());

export default ({ interfuse }) => [
  ["examples: there are many", () => ok(examples.length > 100, `${examples.length} examples`)],
  ...examples.map(([name, call, value]) => [
    `examples: ${name}`,
    async () => {
      const got = await read(call(interfuse));
      deepEqual(shape(got), shape(value));
      near([got].flat(Infinity).map(Number), [value].flat(Infinity).map(Number), 2e-6);
    },
  ]),
];
