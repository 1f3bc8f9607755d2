/**
 * @file Splits shaders into lines of coloured words, and finds in translations the lines that belong to lines of the WGSL. A scanner,
 * not a parser: it only has to tell words apart for the eye.
 */
import type { ShaderLanguage } from "interfuse";

export type CodeLanguage = "wgsl" | ShaderLanguage;

export type WordKind = "comment" | "number" | "keyword" | "type" | "attribute" | "function" | "plain";

export interface Word {
  kind: WordKind;
  text: string;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));
const C_WORDS =
  "break case const constant continue default device discard do else false for if in inline inout kernel layout namespace out register return static struct switch template threadgroup true using volatile while buffer shared readonly writeonly precision highp groupshared cbuffer";
const KEYWORDS: Record<CodeLanguage, ReadonlySet<string>> = {
  wgsl: words(
    "alias break case const const_assert continue continuing default diagnostic discard else enable fn for if let loop override requires return struct switch var while true false",
  ),
  msl: words(C_WORDS),
  hlsl: words(C_WORDS),
  glsl: words(C_WORDS),
  spirv: new Set(),
};
const TYPES: Record<CodeLanguage, RegExp> = {
  wgsl: /^(?:bool|[fiu]32|f16|vec[234][fiuh]?|mat[234]x[234][fh]?|array|atomic|ptr|storage|uniform|workgroup|private|function|read|write|read_write)$/,
  msl: /^(?:void|(?:packed_)?(?:bool|half|float|u?int|u?long|u?char|u?short)[234]?(?:x[234])?|metal|size_t|uint32_t|int32_t)$/,
  hlsl: /^(?:void|(?:bool|half|float|u?int|float16_t)[234]?(?:x[234])?|(?:RW)?(?:ByteAddress|Structured)Buffer|typedef)$/,
  glsl: /^(?:void|bool|float|u?int|[biu]?vec[234]|mat[234](?:x[234])?)$/,
  spirv: /^(?:Op\w+)$/,
};
const WORD =
  /(?<comment>\/\/.*|\/\*[\s\S]*?\*\/|^[^\S\n]*;.*)|(?<attribute>@\w+|^[^\S\n]*#.*|\[\[[^\]\n]*\]\])|(?<number>(?:0[xX][\da-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[iufhL]?)|(?<name>[\p{L}_][\p{L}\p{N}_]*)|(?<other>[^\p{L}\p{N}_@/.\n;#[]+|[\s\S])/gmu;

/** The lines of a text, without their line ends. */
export function codeLines(text: string, language: CodeLanguage): Word[][] {
  const lines: Word[][] = [[]];
  for (const match of text.matchAll(WORD)) {
    const kind = kindOf(match, text, language);
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

const ENTRIES: Record<CodeLanguage, RegExp> = {
  wgsl: /@compute/,
  msl: /^\s*kernel void/,
  hlsl: /^\s*\[numthreads/,
  glsl: /^\s*void main\(/,
  spirv: /OpFunction\b/,
};

/** The line of the entry point, from 1: what stands above it are helpers that every kernel with that op has. */
export function entryLine(text: string, language: CodeLanguage): number {
  return Math.max(1, text.split("\n").findIndex((line) => ENTRIES[language].test(line)) + 1);
}

/**
 * Lines of a translation by the line of the WGSL they belong to, as far as that can be told: values keep their names, so a line that
 * gives a value to such a name is that value's. Names that translations have for themselves belong to nothing.
 */
export function translatedLines(wgsl: string, linked: ReadonlySet<number>, translated: string): Map<number, number> {
  const named = new Map<string, number>();
  wgsl.split("\n").forEach((line, index) => {
    const name = linked.has(index + 1) ? /^\s*(?:(?:let|var|const)\s+)?(\w+)\b[^=<>!]*[-+*/|&]?=(?!=)/.exec(line)?.[1] : undefined;
    if (name !== undefined && !named.has(name)) named.set(name, index + 1);
  });
  const found = new Map<number, number>();
  translated.split("\n").forEach((line, index) => {
    // naga puts `_` behind a name that ends in a digit, and `_1` behind one that it has seen.
    const name = /([A-Za-z]\w*)(?:\.\w+|\[[^\]]*\])*\s*[-+*/|&]?=(?!=)/.exec(line)?.[1];
    if (name === undefined) return;
    const of = named.get(name) ?? named.get(name.replace(/_\d*$/, ""));
    if (of !== undefined) found.set(index + 1, of);
  });
  return found;
}

function kindOf(match: RegExpExecArray, text: string, language: CodeLanguage): WordKind {
  const groups = match.groups!;
  if (groups["comment"] !== undefined) return "comment";
  if (groups["attribute"] !== undefined) return "attribute";
  if (groups["number"] !== undefined) return "number";
  const name = groups["name"];
  if (name === undefined) return "plain";
  if (KEYWORDS[language].has(name)) return "keyword";
  if (TYPES[language].test(name)) return "type";
  return text[match.index + name.length] === "(" ? "function" : "plain";
}
