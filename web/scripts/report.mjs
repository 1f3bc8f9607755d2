/**
 * @file The table that `npm test` and `npm run check` end with: what each part counted, how long it took, and what is
 * wrong with it.
 */
import { Failure, say } from "./lib.mjs";

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {number} seconds
 * @property {number} [passed] absent for what only prepares
 * @property {number} [failed]
 * @property {string} [note] what else there is to know
 * @property {string} [wrong] why the part failed, if it did
 */

/**
 * Does `work` and gives its row. It may return a note, or fields of the row; a `Failure` that it throws is the row's.
 *
 * @param {string} name
 * @param {() => unknown} work
 * @param {{ counts?: boolean }} [options] does the part count as one test, if it does not count by itself?
 * @returns {Promise<Row>}
 */
export async function timed(name, work, { counts = true } = {}) {
  say(name);
  const started = Date.now();
  const row = { name, seconds: 0, ...(counts ? { passed: 1, failed: 0 } : {}) };
  try {
    const result = await work();
    Object.assign(row, typeof result === "string" ? { note: result } : result);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(`error: ${error.message}`);
    Object.assign(row, { passed: 0, failed: 1, wrong: error.message.split("\n")[0] });
  }
  row.seconds = (Date.now() - started) / 1000;
  return row;
}

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** Prints the table and the sums, and makes the process fail where a row did. */
export function report(rows) {
  const cell = (value) => String(value ?? "").padStart(8);
  console.log(`\n${cell("passed")}${cell("failed")}${cell("time")}`);
  for (const { name, seconds, passed, failed, note, wrong } of rows) {
    console.log(`${cell(passed)}${cell(failed)}${cell(clock(seconds))}  ${name}${wrong ? `: ${wrong}` : note ? ` (${note})` : ""}`);
  }
  const sum = (field) => rows.reduce((total, row) => total + (row[field] ?? 0), 0);
  // A part that failed without counting (it did not compile, say) still counts as one failure.
  const failed = sum("failed") + rows.filter(({ wrong, failed }) => wrong && !failed).length;
  console.log(`${cell()}${cell()}${cell(clock(sum("seconds")))}  in all, minutes:seconds`);
  console.log(`\n${sum("passed")} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}
