/** @file `npm run gen`: writes the files that follow from Rust (functions, types, docs) anew. */
import { main, run, say } from "./lib.mjs";

/** Generates into the working tree, or with `check` only compares. */
export function gen({ check = false } = {}) {
  run("cargo", ["run", "--quiet", "--package", "interfuse-xtask", "--", "gen", ...(check ? ["--check"] : [])]);
}

await main(
  import.meta,
  (_, { check }) => {
    say("gen: from the tables and types of Rust");
    gen({ check });
  },
  { check: { type: "boolean", default: false } },
);
