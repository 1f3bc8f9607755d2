/** @file The public names of every entry point and namespace, so that an internal one is not exported unnoticed. */
import { test } from "node:test";
import * as interfuse from "interfuse";
import * as devtools from "interfuse/devtools";
import * as slim from "interfuse/slim";
import { deepEqual } from "./check.mjs";

// The names of "interfuse" itself are in suites/ops.mjs.
const names = {
  devtools: "counters cutRemedies inspectAs recordSources rewriteRules subscribe translate trim",
  io: "exportFunction importFunction loadNpy loadSafetensors safetensorsMetadata saveNpy saveSafetensors",
  nn: "BatchNorm Conv1d Conv2d Dropout Embedding LayerNorm Linear Module MultiHeadAttention RMSNorm Sequential celu elu gelu geluApprox geluFastApprox glu hardShrink hardTanh hardswish init leakyRelu logSigmoid logSoftmax losses mish prelu relu relu2 relu6 scaledDotProductAttention selu sigmoid silu softmax softmin softplus softshrink softsign step tanh valueAndGrad",
  "nn.init": "constant embedding fanIn glorotNormal glorotUniform heNormal heUniform identity normal uniform",
  "nn.losses":
    "binaryCrossEntropy cosineSimilarityLoss crossEntropy gaussianNllLoss hingeLoss huberLoss klDivLoss l1Loss logCoshLoss marginRankingLoss mseLoss nllLoss smoothL1Loss tripletLoss",
  optim:
    "Adagrad Adam AdamW Lion Optimizer RMSprop SGD clipGradNorm constant cosineDecay exponentialDecay joinSchedules linearSchedule stepDecay",
  random: "bernoulli bits categorical gumbel key normal permutation randint seed split state truncatedNormal uniform",
};
const { io, nn, optim, random } = interfuse;
const spaces = { devtools, io, nn, "nn.init": nn.init, "nn.losses": nn.losses, optim, random };

for (const [name, space] of Object.entries(spaces))
  test(`the names of ${name}`, () => deepEqual(Object.keys(space).sort(), names[name].split(" ").sort()));

test("interfuse/slim has the names of interfuse", () => deepEqual(Object.keys(slim).sort(), Object.keys(interfuse).sort()));
