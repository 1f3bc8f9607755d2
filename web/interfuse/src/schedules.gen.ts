// Generated from the functions in crate/interfuse/src by `npm run gen`. Do not edit.
/** @file Schedules: learning rates that follow the step. */
import { numberOf } from "./options.js";
import type { Tensor } from "./tensor.js";
import { begin } from "./wire.js";
import { want } from "./parts.js";
import { oneTraining, putFloat, putTensor } from "./wire.js";

want("training");

/**
 * Always the same rate.
 *
 * @param rate - The rate.
 * @returns A schedule.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 */
export function constant(rate: number): (step: Tensor) => Tensor {
  numberOf("constant", "the rate", rate);
  return (step) => {
    const first = begin("constant");
    putTensor(step);
    putFloat("the rate", rate);
    return oneTraining(54, first);
  };
}

/**
 * From one rate to another in so many steps, then the other.
 *
 * @param init - The rate at step 0.
 * @param end - The rate at the last of the steps and after it.
 * @param steps - The number of steps, at least 1.
 * @returns A schedule.
 * @throws {CompileArgumentError} There is less than one step.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 */
export function linearSchedule(init: number, end: number, steps: number): (step: Tensor) => Tensor {
  numberOf("linearSchedule", "the init", init);
  numberOf("linearSchedule", "the end", end);
  numberOf("linearSchedule", "the steps", steps);
  return (step) => {
    const first = begin("linearSchedule");
    putTensor(step);
    putFloat("the init", init);
    putFloat("the end", end);
    putFloat("the steps", steps);
    return oneTraining(55, first);
  };
}

/**
 * init decayRate^step
 *
 * @param init - The rate at step 0.
 * @param decayRate - The factor of a step.
 * @returns A schedule.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 */
export function exponentialDecay(init: number, decayRate: number): (step: Tensor) => Tensor {
  numberOf("exponentialDecay", "the init", init);
  numberOf("exponentialDecay", "the decayRate", decayRate);
  return (step) => {
    const first = begin("exponentialDecay");
    putTensor(step);
    putFloat("the init", init);
    putFloat("the decayRate", decayRate);
    return oneTraining(56, first);
  };
}

/**
 * init decayRate^floor(step / stepSize)
 *
 * @param init - The rate at step 0.
 * @param decayRate - The factor of `stepSize` steps.
 * @param stepSize - For how many steps a rate stays, at least 1.
 * @returns A schedule.
 * @throws {CompileArgumentError} A rate stays for less than one step.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 */
export function stepDecay(init: number, decayRate: number, stepSize: number): (step: Tensor) => Tensor {
  numberOf("stepDecay", "the init", init);
  numberOf("stepDecay", "the decayRate", decayRate);
  numberOf("stepDecay", "the stepSize", stepSize);
  return (step) => {
    const first = begin("stepDecay");
    putTensor(step);
    putFloat("the init", init);
    putFloat("the decayRate", decayRate);
    putFloat("the stepSize", stepSize);
    return oneTraining(57, first);
  };
}

/**
 * Along half a cosine from one rate to another in so many steps, then the other.
 * Source: Loshchilov and Hutter (2016).
 *
 * @param init - The rate at step 0.
 * @param decaySteps - The number of steps, at least 1.
 * @param end - The rate at the last of the steps and after it. 0 by default.
 * @returns A schedule.
 * @throws {CompileArgumentError} There is less than one step.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 */
export function cosineDecay(init: number, decaySteps: number, end: number = 0): (step: Tensor) => Tensor {
  numberOf("cosineDecay", "the init", init);
  numberOf("cosineDecay", "the decaySteps", decaySteps);
  numberOf("cosineDecay", "the end", end);
  return (step) => {
    const first = begin("cosineDecay");
    putTensor(step);
    putFloat("the init", init);
    putFloat("the decaySteps", decaySteps);
    putFloat("the end", end);
    return oneTraining(58, first);
  };
}
