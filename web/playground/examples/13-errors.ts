// 13 · Errors say what to do
// A mistake is reported at the call that makes it, with
// the operation, the shapes and a remedy, before
// anything runs.
import { compile, init, InterfuseError, ones, type Tensor } from "interfuse";

await init();

function attempt(what: string, mistake: () => unknown): void {
  try {
    mistake();
  } catch (error) {
    if (!(error instanceof InterfuseError)) throw error;
    console.log(`${what}\n  ${error.name}: ${error.message}`);
  }
}

attempt("shapes that do not broadcast", () => ones([2, 3]).add(ones([4])));
attempt("a product of the wrong sizes", () => ones([2, 3]).matmul(ones([2, 3])));
attempt("an axis that is not there", () => ones([2, 3]).sum(2));

const sign = compile((x: Tensor) => ((x.sum() as unknown as number) > 0 ? x : x.neg()));
attempt("comparing a tensor as if it were a number", () => sign(ones([3])));
