/**
 * @file The built-in programs: the files of `examples/`, in order of their numbers. Their first comment line is their title.
 */
const files = import.meta.glob<string>("../examples/*.ts", { query: "?raw", import: "default", eager: true });

export interface Example {
  /** The file's name without its ending, such as `01-gelu`. */
  id: string;
  title: string;
  code: string;
}

export const examples: readonly Example[] = Object.entries(files)
  .sort(([a], [b]) => a.localeCompare(b, "en"))
  .map(([path, code]) => {
    const id = path.replace(/^.*\/(.*)\.ts$/, "$1");
    const title = /^\/\/ \d+ · ([^:.\n]+)/.exec(code)?.[1] ?? id;
    return { id, title: `${id.slice(0, 2)} ${title}`, code };
  });
