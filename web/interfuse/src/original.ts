/**
 * @file The function that was compiled, as calls run it: on placeholders of a trace, as a part of another trace, or as it is. Whatever way
 * a call goes, the function gets containers of its own for its arguments, and after a trace the captured state is what it was.
 */
import { ANONYMOUS, type AnyFunction, type CompileOptions } from "./compile.js";
import { core, forms, type FormOf } from "./core.js";
import { capture, Watched, type Capture, type Changes } from "./state.js";
import { wrapAll, wrapTogether, type Tensor } from "./tensor.js";
import { flatten, rebuilder, type Flat } from "./tree.js";

/** What a function gave when it ran on placeholders. */
export interface Ran {
  /** The tensors of the results, then those that it put into the state. */
  readonly outputs: Uint32Array;
  /** How many of them are results. */
  readonly results: number;
  readonly unflatten: (tensors: readonly Tensor[]) => unknown;
  readonly changes: Changes | undefined;
}

/** How results are put together and the state is changed. */
export function formOf({ results, unflatten, changes }: Ran): FormOf<Flat> {
  if (changes === undefined) return (answer, from) => unflatten(wrapAll(answer, from));
  return (answer, from, call) => {
    const tensors = wrapAll(answer, from, from + results);
    changes.apply(call.containers, call.tensors.slice(call.capturedFrom), wrapTogether(answer, from + results));
    return unflatten(tensors);
  };
}

let nextForm = 1;

/** Remembers a form by a number; the core tells when no entry needs it any more. */
export function keepForm(form: FormOf<Flat>): number {
  forms.set(nextForm, form as FormOf<unknown>);
  return nextForm++;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** A function with what it captures. */
export class Original {
  /** As errors and events name it. */
  readonly label: string;
  readonly captured: Capture | undefined;
  readonly isAsync: boolean;
  /** A function whose source has no `this` ignores its receiver, which may be any object or module that holds the function. */
  private readonly usesThis: boolean;

  constructor(
    readonly fn: AnyFunction,
    options: CompileOptions,
  ) {
    this.label = `compile('${options.name ?? (fn.name || ANONYMOUS)}')`;
    this.captured = capture(this.label, options);
    this.isAsync = /Async/.test(Object.prototype.toString.call(fn));
    this.usesThis = /\bthis\b/.test(Function.prototype.toString.call(fn));
  }

  /** A call, flattened. */
  flat(receiver: unknown, args: unknown[]): Flat {
    // An argument that is left out is the same as undefined.
    while (args.length > 0 && args[args.length - 1] === undefined) args.pop();
    return flatten(this.label, "arguments", "args", args, this.usesThis ? receiver : undefined, this.captured?.roots);
  }

  /** The function on other tensors, in containers of its own. */
  on(tensors: readonly Tensor[], receiver: unknown, args: unknown[]): unknown {
    if (!this.usesThis || receiver === undefined) return Reflect.apply(this.fn, undefined, rebuilder(args)(tensors) as unknown[]);
    const [copied, self] = rebuilder([args, receiver])(tensors) as [unknown[], unknown];
    return Reflect.apply(this.fn, self, copied);
  }

  /** The function on the placeholders of a trace, which are at the end of the core's answer. The state is restored afterwards. */
  traced(answer: Uint32Array, call: Flat, receiver: unknown, args: unknown[]): Ran {
    const { captured, label } = this;
    const placeholders = wrapAll(answer, 2);
    const watched = captured && new Watched(label, captured);
    try {
      watched?.place(call.containers, placeholders.slice(call.capturedFrom));
      const run = (): unknown => this.on(placeholders, receiver, args);
      const result = watched ? watched.while(run) : run();
      if (isThenable(result)) {
        result.then(undefined, () => undefined);
        core.breakTrace("async", label, "");
      }
      const { handles } = flatten(label, "results", "result", [result]);
      const changes = watched?.changes(call.containers);
      const outputs = changes === undefined || changes.outputs.length === 0 ? handles : Uint32Array.from([...handles, ...changes.outputs]);
      return { outputs, results: handles.length, unflatten: rebuilder(result), changes };
    } finally {
      watched?.restore();
    }
  }

  /** The function as a part of the one that is being traced, or with compilation off. */
  inline(call: Flat, receiver: unknown, args: unknown[]): unknown {
    if (this.captured === undefined || !core.isTracing()) return this.on(call.tensors, receiver, args);
    const watched = new Watched(this.label, this.captured);
    try {
      return this.on(call.tensors, receiver, args);
    } finally {
      const leaked = watched.leaked();
      if (leaked !== undefined) {
        try {
          core.breakTrace("mutation", this.label, leaked);
        } catch (error) {
          watched.restore();
          // biome-ignore lint/correctness/noUnsafeFinally: of two errors, the one that names the leak and its remedy
          throw error;
        }
      }
    }
  }
}
