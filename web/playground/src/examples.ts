/**
 * @file The built-in programs: the files of `examples/`, in order of their numbers. Their first comment line is their title. The list
 * is made when the page is built (see vite.config.ts); programs but the first are fetched when they are opened.
 */
import { list, load } from "virtual:examples";

export interface Example {
  /** The file's name without its ending, such as `01-gelu`. */
  id: string;
  title: string;
}

export const examples: readonly Example[] = list;

const texts = new Map<string, string>();

/** The text of an example. */
export async function exampleCode(id: string): Promise<string> {
  const code = (await load[id]!()).default;
  texts.set(id, code);
  return code;
}

/** Which example this is, unchanged, of those that were opened; "" when none. */
export function exampleOf(code: string): string {
  return [...texts].find(([, text]) => text === code)?.[0] ?? "";
}
