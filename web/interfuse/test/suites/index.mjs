/** @file All suites, for Node and for a page: functions from `{ interfuse, devtools, kind, tableOps }` to lists of [name, test]. */
import compile from "./compile.mjs";
import contract from "./contract.mjs";
import errors from "./errors.mjs";
import examples from "./examples.mjs";
import formulas from "./formulas.mjs";
import inspect from "./inspect.mjs";
import io from "./io.mjs";
import memory from "./memory.mjs";
import nn from "./nn.mjs";
import ops from "./ops.mjs";
import optim from "./optim.mjs";
import transform from "./transform.mjs";

export default (context) =>
  [ops, examples, formulas, errors, compile, contract, transform, inspect, io, optim, nn, memory].flatMap((suite) => suite(context));
