/** @file Activations as functions; those of the library are here under the same names. */
export * from "./activations.gen.js";
export { gelu, leakyRelu, logSoftmax, relu, silu, softmax, softplus } from "../functions.gen.js";
export { sigmoid, tanh } from "../ops.gen.js";
