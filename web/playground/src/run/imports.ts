/**
 * @file What an import asks of a module, and where: engines say neither of the place of an import that cannot be linked.
 */

/** A name that an import or a re-export asks for, and the offset of it in the statement. */
export interface ImportedName {
  name: string;
  at: number;
}

/** The names that a statement asks for; `statement` ends before the module's name. */
export function importedNames(statement: string): ImportedName[] {
  // Comments give way to spaces, so that offsets stay what they are.
  const text = statement.replace(/\/\*.*?\*\/|\/\/[^\n]*/gs, (comment) => " ".repeat(comment.length));
  const found: ImportedName[] = [];
  const own = /^import\s+([\w$]+)\s*[,\s]/.exec(text);
  if (own !== null) found.push({ name: "default", at: own[0].indexOf(own[1]!, "import".length) });
  const open = text.indexOf("{") + 1;
  const list = open === 0 ? "" : text.slice(open, text.indexOf("}", open));
  for (const { 1: name, index } of list.matchAll(/([\w$]+)(?:\s+as\s+[\w$]+)?/g)) found.push({ name: name!, at: open + index });
  return found;
}

/** Says with an error where in the text it belongs: `describeError` reads it. */
export function placed(thrown: unknown, code: string, offset: number): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const before = code.slice(0, offset).split("\n");
  return Object.assign(thrown, { loc: { line: before.length, column: before.at(-1)!.length + 1 } });
}
