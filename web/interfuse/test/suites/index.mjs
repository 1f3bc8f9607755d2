/** @file All suites, for Node and for a page: functions from `{ interfuse, devtools, kind, tableOps }` to lists of [name, test]. */
import compile from "./compile.mjs";
import errors from "./errors.mjs";
import inspect from "./inspect.mjs";
import memory from "./memory.mjs";
import ops from "./ops.mjs";
import transform from "./transform.mjs";

export default (context) => [ops, errors, compile, transform, inspect, memory].flatMap((suite) => suite(context));
