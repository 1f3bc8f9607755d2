/**
 * @file Schedules in words. A schedule is one line of the package, such as `row by=workgroup workgroup=128 block=256`; one that this page
 * does not know is shown as it is.
 */
export function scheduleText(schedule: string): string {
  const [name, ...rest] = schedule.split(" ");
  const values = new Map(rest.map((part) => part.split("=") as [string, string]));
  const workgroup = `${values.get("workgroup")} invocations a workgroup`;
  switch (name) {
    case "map":
      return values.get("lanes") === "1"
        ? `every invocation computes one element; ${workgroup}`
        : `every invocation computes ${values.get("lanes")} neighbouring elements as a vector; ${workgroup}`;
    case "row":
      return `${ROWS[values.get("by") ?? ""] ?? "a row is shared"}; ${workgroup}; long sums are added in blocks of ${values.get("block")}`;
    case "contract": {
      const staged =
        values.get("staging") === "workgroup"
          ? `the workgroup stages slices of ${values.get("depth")} steps in its memory`
          : "every invocation loads its operands itself";
      const tile = `every invocation computes ${values.get("thread")} of the product`;
      return `${tile}, ${VECTORS[values.get("vectors") ?? ""] ?? "in vectors"}; ${staged}; ${workgroup}`;
    }
    case "serial":
      return "a plain loop of the CPU device; no GPU runs it";
    default:
      return schedule;
  }
}

const ROWS: Record<string, string> = {
  thread: "one invocation reduces a whole row",
  workgroup: "a workgroup reduces a row together, in a tree in its memory",
  subgroups: "a workgroup reduces a row together, subgroups first",
};

const VECTORS: Record<string, string> = { n: "in vectors along n", k: "in vectors along k", none: "in scalars" };
