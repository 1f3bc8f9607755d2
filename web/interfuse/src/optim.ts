/**
 * @file Optimisers, schedules of learning rates, and clipping. An optimiser here holds numbers and state; the update of all parameters
 * is one call of the core. `optimizer.state` may be captured by a compiled step: what changes between steps are tensors.
 */
import { tensorHandle } from "./apply.js";
import { core, state as coreState } from "./core.js";
import { describe } from "./describe.js";
import { CompileArgumentError } from "./errors.js";
import {
  usual,
  type AdagradOptions,
  type AdamOptions,
  type AdamWOptions,
  type LionOptions,
  type RMSpropOptions,
  type SGDOptions,
} from "./optim.gen.js";
import { join, normAndClipped, updated } from "./optim.inner.gen.js";
import { callable, check, checkOptions, numbersOf, type OptionName } from "./options.js";
import { tensor } from "./create.js";
import { zerosLike } from "./functions.gen.js";
import type { Tensor } from "./tensor.js";
import { rebuilder, tensorsIn, type Tree } from "./tree.js";
import { want } from "./parts.js";

want("training");

export type * from "./optim.gen.js";
export * from "./schedules.gen.js";

/** A learning rate for every step, counted from 0: a function of the step that makes a tensor, so that compiled steps follow it. */
export type Schedule = (step: Tensor) => Tensor;

/** What an optimiser keeps between steps: a plain object, which compiled steps may capture. */
export interface OptimizerState {
  /** Updates made: an int32 without axes. */
  step: Tensor;
  /** The learning rate of the last update: a float32 without axes. */
  learningRate: Tensor;
  /** What is remembered of every parameter, by name, in the structure of the parameters; there after the first update or `init`. */
  [slot: string]: unknown;
}

/** What `update` moves: a module, or its parameters as a tree. */
interface ModuleLike {
  trainableParameters(): unknown;
  update(parameters: never): unknown;
}

function isModule(model: unknown): model is ModuleLike {
  return (
    typeof model === "object" &&
    model !== null &&
    typeof (model as Partial<ModuleLike>).trainableParameters === "function" &&
    typeof (model as Partial<ModuleLike>).update === "function"
  );
}

/** What optimisers share; make one of `SGD`, `Adam`, `AdamW`, `Adagrad`, `RMSprop` or `Lion`. */
export abstract class Optimizer {
  private readonly rule: string;
  private readonly numbers: Float64Array;
  private readonly schedule: Schedule | undefined;
  private readonly rate: number;
  private kept: OptimizerState | undefined;
  /** Was it made by a function that was being traced? */
  private readonly isTraced = coreState === "ready" && core.isTracing();

  /** @internal The name of the rule in the core; its numbers are in the order of `usual`. */
  protected constructor(rule: keyof typeof usual, learningRate: number | Schedule, options: object | undefined) {
    const names = Object.keys(usual[rule]) as OptionName[];
    checkOptions(rule, options, names);
    const settings: Record<string, unknown> = usual[rule];
    const numbers = names.flatMap(
      (name) => ((options as typeof settings | undefined)?.[name] ?? settings[name]) as number | readonly number[],
    );
    if (typeof learningRate !== "number" && typeof learningRate !== "function") {
      throw new CompileArgumentError(rule, `the learning rate is ${describe(learningRate)}`, "Give a number or a schedule.");
    }
    this.rule = rule;
    this.numbers = Float64Array.from(numbers, Number);
    this.schedule = typeof learningRate === "function" ? learningRate : undefined;
    this.rate = typeof learningRate === "number" ? learningRate : NaN;
  }

  /** What it keeps between steps; the same object for the life of the optimiser. */
  get state(): OptimizerState {
    if (this.kept === undefined) {
      const step = tensor(0, { dtype: "int32" });
      this.kept = { step, learningRate: this.schedule?.(step) ?? tensor(this.rate) };
    }
    return this.kept;
  }

  set state(state: OptimizerState) {
    // Its tensors move, the object stays: who captured it must not be left with an old one.
    const own = this.state;
    for (const now of tensorsIn(this.rule, [state])) this.checkWrite(own, now);
    for (const key of Object.keys(own)) delete own[key];
    Object.assign(own, state);
  }

  /** Updates made: an int32 without axes. */
  get step(): Tensor {
    return this.state.step;
  }

  /** The learning rate of the next update, unless there is a schedule: a float32 without axes. Setting it does not compile anew. */
  get learningRate(): Tensor {
    return this.state.learningRate;
  }

  set learningRate(rate: Tensor | number) {
    const state = this.state;
    const now = typeof rate === "number" ? tensor(rate) : rate;
    tensorHandle("learningRate", now);
    this.checkWrite(state, now);
    state.learningRate = now;
  }

  /** Makes the state for these parameters now rather than in the first update, so that a compiled step is traced once. */
  init(parameters: unknown): void {
    const tree = isModule(parameters) ? parameters.trainableParameters() : parameters;
    const tensors = tensorsIn(this.rule, [tree]);
    const put = rebuilder(tree);
    for (const slot of core.optimizerSlots(this.rule, this.numbers)) this.state[slot] = put(tensors.map((x) => zerosLike(x)));
  }

  /** The parameters after one step along these gradients, which have their structure. The state moves on, the parameters stay. */
  applyGradients<P>(gradients: unknown, parameters: P): P {
    const state = this.state;
    const names = core.optimizerSlots(this.rule, this.numbers);
    const started = names.every((slot) => slot in state);
    const tensors = (tree: unknown): readonly Tensor[] => tensorsIn("update", [tree]);
    const slots = started ? names.flatMap((slot) => tensors(state[slot])) : [];
    if (this.schedule !== undefined) state.learningRate = this.schedule(state.step);
    const own = tensors(parameters);
    const answer = updated(this.rule, this.numbers, state.learningRate, state.step, own, tensors(gradients), slots);
    // Where neither a slot nor a schedule follows the steps, nobody sees that they were not counted.
    if (names.length > 0 || this.schedule !== undefined) for (const made of answer) this.checkWrite(state, made);
    const put = rebuilder(parameters);
    const count = own.length;
    state.step = answer[0]!;
    names.forEach((slot, i) => (state[slot] = put(answer.slice(1 + count * (i + 1), 1 + count * (i + 2)))));
    return put(answer.slice(1, 1 + count)) as P;
  }

  /** Breaks the trace that goes on where it has not captured the state and would leave a placeholder in it. */
  private checkWrite({ step }: OptimizerState, now: Tensor): void {
    if (!core.isTracing()) return;
    // A state that is asked for the first time by the function is as old as the optimiser.
    const old = this.isTraced || core.isTracer(step._handle) ? step._handle : 0;
    core.checkWrite("update", "the optimizer's state", old, now._handle);
  }

  /**
   * Moves a model one step along the gradients of its trainable parameters and gives it back. Parameters that are a plain tree are not
   * changed: the moved ones are the result.
   */
  update<M>(model: M, gradients: unknown): M {
    if (!isModule(model)) return this.applyGradients(gradients, model);
    model.update(this.applyGradients(gradients, model.trainableParameters()) as never);
    return model;
  }
}

/** Stochastic gradient descent, with momentum where that is given. */
export class SGD extends Optimizer {
  constructor(learningRate: number | Schedule, options?: SGDOptions) {
    super("SGD", learningRate, options);
  }
}

/** Kingma and Ba (2014). */
export class Adam extends Optimizer {
  constructor(learningRate: number | Schedule, options?: AdamOptions) {
    super("Adam", learningRate, options);
  }
}

/** Adam with decoupled weight decay: Loshchilov and Hutter (2017). */
export class AdamW extends Optimizer {
  constructor(learningRate: number | Schedule, options?: AdamWOptions) {
    super("AdamW", learningRate, options);
  }
}

/** Duchi et al. (2011). */
export class Adagrad extends Optimizer {
  constructor(learningRate: number | Schedule, options?: AdagradOptions) {
    super("Adagrad", learningRate, options);
  }
}

/** Tieleman and Hinton (2012). */
export class RMSprop extends Optimizer {
  constructor(learningRate: number | Schedule, options?: RMSpropOptions) {
    super("RMSprop", learningRate, options);
  }
}

/** Chen et al. (2023). */
export class Lion extends Optimizer {
  constructor(learningRate: number | Schedule, options?: LionOptions) {
    super("Lion", learningRate, options);
  }
}

/** One schedule after another, each counting from the boundary (a step) where it takes over. */
export function joinSchedules(schedules: readonly Schedule[], boundaries: readonly number[]): Schedule {
  const op = "joinSchedules";
  if (!Array.isArray(schedules) || schedules.length === 0)
    throw new CompileArgumentError(op, `the schedules are ${describe(schedules)}`, "Give an array of them.");
  for (const schedule of schedules) check(op, "a schedule", schedule, callable);
  const starts = numbersOf(op, "the boundaries", boundaries);
  return (step) => {
    tensorHandle(op, step);
    const rates = schedules.map((schedule, i) => schedule(i === 0 ? step : step.sub(starts[i - 1] ?? 0)));
    return join(step, starts, rates);
  };
}

/** Gradients scaled down so that the root of the sum of all their squares is at most `maxNorm`, and that norm from before. */
export function clipGradNorm<G extends Tree>(gradients: G, maxNorm: number): [G, Tensor] {
  const [norm, ...clipped] = normAndClipped(tensorsIn("clipGradNorm", [gradients]), maxNorm);
  return [rebuilder(gradients)(clipped) as G, norm!];
}
