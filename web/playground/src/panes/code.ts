/**
 * @file Splits WGSL into lines of coloured words. A scanner, not a parser: it only has to tell words apart for the eye.
 */
export type WordKind = "comment" | "number" | "keyword" | "type" | "attribute" | "function" | "plain";

export interface Word {
  kind: WordKind;
  text: string;
}

const KEYWORDS = new Set(
  "alias break case const const_assert continue continuing default diagnostic discard else enable fn for if let loop override requires return struct switch var while true false".split(
    " ",
  ),
);
const TYPES =
  /^(?:bool|[fiu]32|f16|vec[234][fiuh]?|mat[234]x[234][fh]?|array|atomic|ptr|storage|uniform|workgroup|private|function|read|write|read_write)$/;
const WORD =
  /(?<comment>\/\/.*|\/\*[\s\S]*?\*\/)|(?<attribute>@\w+)|(?<number>(?:0[xX][\da-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[iufh]?)|(?<name>[\p{L}_][\p{L}\p{N}_]*)|(?<other>[^\p{L}\p{N}_@/.]+|[\s\S])/gu;

/** The lines of a WGSL text, without their line ends. */
export function wgslLines(text: string): Word[][] {
  const lines: Word[][] = [[]];
  for (const match of text.matchAll(WORD)) {
    const kind = kindOf(match, text);
    const [first, ...rest] = match[0].split("\n");
    push(first!, kind);
    for (const part of rest) {
      lines.push([]);
      push(part, kind);
    }
  }
  return lines;

  function push(part: string, kind: WordKind): void {
    if (part === "") return;
    const line = lines.at(-1)!;
    const last = line.at(-1);
    // Neighbours of one kind become one element: fewer of them to lay out.
    if (last?.kind === kind && kind === "plain") last.text += part;
    else line.push({ kind, text: part });
  }
}

function kindOf(match: RegExpExecArray, text: string): WordKind {
  const groups = match.groups!;
  if (groups["comment"] !== undefined) return "comment";
  if (groups["attribute"] !== undefined) return "attribute";
  if (groups["number"] !== undefined) return "number";
  const name = groups["name"];
  if (name === undefined) return "plain";
  if (KEYWORDS.has(name)) return "keyword";
  if (TYPES.test(name)) return "type";
  return text[match.index + name.length] === "(" ? "function" : "plain";
}
