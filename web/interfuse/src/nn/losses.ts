/** @file The namespace `nn.losses`. */
export * from "./losses.gen.js";

/** What becomes of the losses of single elements: they are the result, or their mean, or their sum. */
export type Reduction = "none" | "mean" | "sum";
