/** @file Assertions that run in Node and in a page alike. */

export class Failed extends Error {}

const same = Object.is;

const show = (value) => {
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}[${Array.from(value).join(", ")}]`;
  return typeof value === "string"
    ? value
    : (JSON.stringify(value, (_, part) => (typeof part === "number" && !Number.isFinite(part) ? String(part) : part)) ?? String(value));
};

export function ok(value, what = "a condition") {
  if (!value) throw new Failed(`${what} does not hold`);
}

export function equal(got, wanted, what = "value") {
  if (!same(got, wanted)) throw new Failed(`${what}: got ${show(got)}, wanted ${show(wanted)}`);
}

function differs(got, wanted) {
  if (same(got, wanted)) return false;
  if (ArrayBuffer.isView(got) && Array.isArray(wanted)) return differs(Array.from(got), wanted);
  if (typeof got !== "object" || typeof wanted !== "object" || got === null || wanted === null) return true;
  if (Array.isArray(got) !== Array.isArray(wanted)) return true;
  const keys = Object.keys(got);
  // The order of keys counts.
  return keys.join() !== Object.keys(wanted).join() || keys.some((key) => differs(got[key], wanted[key]));
}

export function deepEqual(got, wanted, what = "value") {
  if (differs(got, wanted)) throw new Failed(`${what}: got ${show(got)}, wanted ${show(wanted)}`);
}

/** Numbers within a relative (and the same absolute) distance. */
export function near(got, wanted, tolerance = 1e-6, what = "values") {
  const [a, b] = [Array.from(got).flat(Infinity), Array.from(wanted).flat(Infinity)];
  const far =
    a.length !== b.length ||
    a.some((value, i) => !same(value, b[i]) && !(Math.abs(value - b[i]) <= tolerance * Math.max(1, Math.abs(b[i]))));
  if (far) throw new Failed(`${what}: got ${show(got)}, wanted ${show(wanted)} within ${tolerance}`);
}

function matches(error, name, text) {
  if (error?.name !== name) throw new Failed(`wanted a ${name}, got ${error?.name}: ${error?.message}`);
  if (text !== undefined && error.message !== text) throw new Failed(`wanted the text\n  ${text}\ngot\n  ${error.message}`);
  return error;
}

/** `work` throws, at once, an error of that class with that text. */
export function throws(work, name, text) {
  let result;
  try {
    result = work();
  } catch (error) {
    return matches(error, name, text);
  }
  throw new Failed(`nothing was thrown; wanted ${name}${text === undefined ? "" : ` "${text}"`}, got ${String(result)}`);
}

/** The promise rejects with an error of that class with that text. */
export async function rejects(promise, name, text) {
  let result;
  try {
    result = await promise;
  } catch (error) {
    return matches(error, name, text);
  }
  throw new Failed(`nothing was rejected; wanted ${name}, got ${String(result)}`);
}
