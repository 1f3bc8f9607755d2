/**
 * @file Several commands at once, with one line that says what each of them is at.
 *
 * On a first start compilers, linkers and downloads wait for each other in turn; side by side they use the processors
 * that the others leave. Their output is kept back, and shown where one fails.
 */
import { spawn } from "node:child_process";
import { Failure, environment, root, say } from "./lib.mjs";

const windows = process.platform === "win32";

/** What runs now: its name, and the last line that it printed. */
const running = new Map();

/** Runs a command beside others; throws a `Failure` with its output when it does not end with 0. */
export function follow(name, command, args, { cwd = root, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...environment, ...env }, stdio: ["ignore", "pipe", "pipe"], shell: windows });
    let output = "";
    running.set(name, "");
    const collect = (chunk) => {
      output += chunk;
      const line = output
        .trimEnd()
        .split(/[\r\n]/)
        .at(-1)
        .trim();
      running.set(name, line.replace(/^(Compiling|Checking|Downloaded) (\S+) v(\S+).*/, "$2"));
    };
    child.stdout.setEncoding("utf8").on("data", collect);
    child.stderr.setEncoding("utf8").on("data", collect);
    const done = (why) => {
      running.delete(name);
      if (why === "") resolve();
      else reject(new Failure(`${output}\n\`${[command, ...args].join(" ")}\` failed (${why})`));
    };
    child.on("error", (error) => done(error.message));
    child.on("close", (code, signal) => done(code === 0 ? "" : signal ? `signal ${signal}` : `exit code ${code}`));
  });
}

/** Waits for all of the works, and says meanwhile what those that follow commands are at; throws the first failure. */
export async function together(works) {
  const terminal = process.stdout.isTTY;
  const tick = () => {
    const line = [...running].map(([name, last]) => (last ? `${name}: ${last}` : name)).join("   ");
    if (line === "") return;
    if (terminal) process.stdout.write(`\r\x1b[K${line.slice(0, (process.stdout.columns ?? 80) - 1)}`);
    else say(line);
  };
  const timer = setInterval(tick, terminal ? 200 : 20_000);
  const results = await Promise.allSettled(works.map((work) => work()));
  clearInterval(timer);
  if (terminal) process.stdout.write("\r\x1b[K");
  const failed = results.find(({ status }) => status === "rejected");
  if (failed) throw failed.reason;
}
