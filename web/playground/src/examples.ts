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

/** The examples by what they are about: the numbers that their files begin with. */
export const groups: readonly { title: string; numbers: readonly string[] }[] = [
  { title: "First steps", numbers: ["01", "14", "04", "05", "13", "12"] },
  { title: "Fusion", numbers: ["02", "03", "06", "07", "09", "10", "11", "15"] },
  { title: "Cache, shapes and state", numbers: ["08", "18", "29", "30", "16", "24", "25", "26"] },
  { title: "Gradients and training", numbers: ["17", "27", "28", "22", "23", "31"] },
  { title: "Programs", numbers: ["19", "20", "21"] },
];

/** The examples of a group, in its order. */
export function examplesOf({ numbers }: (typeof groups)[number]): Example[] {
  return numbers.flatMap((number) => examples.find(({ id }) => id.startsWith(`${number}-`)) ?? []);
}

/** The address of an example, and the example of an address. */
export const exampleFragment = (id: string): string => `#example=${id}`;
export function exampleInFragment(fragment: string): string | null {
  const id = /^#example=([\w-]+)$/.exec(fragment)?.[1];
  return examples.some((example) => example.id === id) ? id! : null;
}

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
