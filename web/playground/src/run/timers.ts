/**
 * @file What of a program still waits for its turn: its timers are counted, so that a program that goes on after its last line is not
 * called done.
 */

/** Counts the timers of a program from now on; gives the function that says whether one waits. */
export function countTimers(): () => boolean {
  const scope = globalThis as unknown as Record<string, (...args: unknown[]) => unknown>;
  const waiting = new Set<unknown>();
  const watch = (start: string, once: boolean): void => {
    const original = scope[start]!;
    scope[start] = (run: unknown, ...rest: unknown[]): unknown => {
      if (typeof run !== "function") return original(run, ...rest);
      const id = original(
        (...args: unknown[]) => {
          if (once) waiting.delete(id);
          return (run as (...args: unknown[]) => unknown)(...args);
        },
        ...rest,
      );
      waiting.add(id);
      return id;
    };
  };
  watch("setTimeout", true);
  watch("setInterval", false);
  for (const end of ["clearTimeout", "clearInterval"]) {
    const original = scope[end]!;
    scope[end] = (id: unknown): void => {
      waiting.delete(id);
      original(id);
    };
  }
  return () => waiting.size > 0;
}
