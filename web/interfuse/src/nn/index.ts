/** @file The namespace `nn`: modules, layers, activations, initial values, losses. */
export { Module } from "../nn.js";
export type { Parameters } from "../nn.js";
export * from "./activations.js";
export * as init from "./init.gen.js";
export * from "./functions.gen.js";
export * from "./layers.js";
export * as losses from "./losses.js";
export { valueAndGrad } from "./train.js";
