/**
 * @file Loops that tell where they are. Before a program runs, each of its loops gets a call with its line; a loop that keeps the
 * event loop from turning for long says so through it, and a live pass ends there when its time is over. Lines stay where they are.
 */
import { parse } from "sucrase/dist/esm/parser/index.js";
import { ContextualKeyword } from "sucrase/dist/esm/parser/tokenizer/keywords.js";
import { TokenType as tt } from "sucrase/dist/esm/parser/tokenizer/types.js";

type Token = ReturnType<typeof parse>["tokens"][number];

/** The name of the function that loops call. */
const AT = "$interfuse_loop";
/** The clock is read once in so many turns of loops. */
const EVERY = 64;
/** The event loop has not turned for so long: somebody should hear of it. */
const LONG_MS = 2000;

/** Plain JavaScript with a call in every loop; as it was where that cannot be done. */
export function withMarks(code: string): string {
  let tokens: Token[];
  try {
    ({ tokens } = parse(code, false, false, false));
  } catch {
    return code; // whoever runs it says what is wrong
  }
  const inserts: { at: number; text: string }[] = [];
  const lineAt = lineCounter(code);
  for (const [index, token] of tokens.entries()) {
    const loop = token.type === tt._for || token.type === tt._while;
    const before = tokens[index - 1]?.type;
    if (!loop || before === tt.dot || before === tt.questionDot || token.identifierRole !== null) continue;
    const open =
      tokens[index + 1]?.contextualKeyword === ContextualKeyword._await || tokens[index + 1]?.type === tt.name ? index + 2 : index + 1;
    if (tokens[open]?.type !== tt.parenL) continue;
    const call = `${AT}(${lineAt(token.start)})`;
    const { close, semicolons } = inParentheses(tokens, open);
    if (close === -1 || close === open + 1) continue;
    if (token.type === tt._while) {
      inserts.push({ at: tokens[open]!.end, text: `${call},(` }, { at: tokens[close]!.start, text: ")" });
    } else if (semicolons.length === 2) {
      const [first, second] = semicolons as [number, number];
      const empty = second === first + 1;
      inserts.push({ at: tokens[first]!.end, text: empty ? call : `${call},(` });
      if (!empty) inserts.push({ at: tokens[second]!.start, text: ")" });
    } else if (tokens[close + 1]?.type === tt.braceL) inserts.push({ at: tokens[close + 1]!.end, text: `${call};` });
  }
  let marked = "";
  let done = 0;
  for (const { at, text } of inserts.sort((a, b) => a.at - b.at)) {
    marked += code.slice(done, at) + text;
    done = at;
  }
  marked += code.slice(done);
  try {
    parse(marked, false, false, false);
    return marked;
  } catch {
    return code; // a method that is called `while`, say
  }
}

/** Where the parenthesis that opens there closes, and the semicolons directly inside. */
function inParentheses(tokens: readonly Token[], open: number): { close: number; semicolons: number[] } {
  const semicolons: number[] = [];
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    const { type } = tokens[at]!;
    if (type === tt.parenL || type === tt.braceL || type === tt.bracketL || type === tt.dollarBraceL) depth++;
    else if (type === tt.parenR || type === tt.braceR || type === tt.bracketR) depth--;
    else if (type === tt.semi && depth === 1) semicolons.push(at);
    if (depth === 0) return { close: at, semicolons };
  }
  return { close: -1, semicolons };
}

/** Counts lines up to positions that are asked for in order. */
function lineCounter(code: string): (position: number) => number {
  let line = 1;
  let at = 0;
  return (position) => {
    for (; at < position; at++) if (code.charCodeAt(at) === 10) line++;
    return line;
  };
}

/** Listens to the loops of a program. `busy` hears of a line at most every two seconds; `turn` is called now and then in any loop. */
export function watchLoops(busy: (line: number) => void, turn: () => void): void {
  const now = performance.now.bind(performance);
  let turned = now();
  let told = -Infinity;
  let count = 0;
  setInterval(() => (turned = now()), LONG_MS / 8);
  const at = (line: number): boolean => {
    if (++count % EVERY !== 0) return true;
    turn();
    const time = now();
    if (time - turned > LONG_MS && time - told > LONG_MS) {
      told = time;
      busy(line);
    }
    return true;
  };
  Object.defineProperty(globalThis, AT, { value: at });
}
