/**
 * @file `npm run sizes`: every op and its gradient at every real size on a GPU device, compiled and op by op, beside the CPU device: prints
 * the milliseconds of each and the slowest compilations, and fails where values differ. Some minutes on a software adapter; `-- NAME` for
 * the ops with that in their names.
 */
import { main, run, say } from "./lib.mjs";
import { setup } from "./setup.mjs";
import { gpuEnvironment } from "./test.mjs";

await main(import.meta, async ([only = ""]) => {
  await setup("test");
  say("sizes: first and second call of each, in milliseconds");
  const plans = "no_plan_is_over_the_limits_at_any_size";
  const test = "every_op_has_the_cpu_devices_values_on_the_gpu";
  run("cargo", ["test", "--package", "interfuse-tests", "--test", "gpu", "--", "--nocapture", plans, test], {
    env: { ...gpuEnvironment(), INTERFUSE_SIZES: "all", INTERFUSE_SIZES_OF: only },
  });
});
