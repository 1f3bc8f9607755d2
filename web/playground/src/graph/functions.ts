/**
 * @file Which function of a program a place is in, by the program's own names: `attention`, `Block.call`. A function without a name belongs
 * to the one around it, or has the name of what it is assigned to.
 */
import { typescriptLanguage } from "@codemirror/lang-javascript";

const FUNCTIONS = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunction", "MethodDeclaration"]);
/** Programs longer than this are not read: the page has to answer meanwhile. */
const MAX_LENGTH = 200_000;

type SyntaxNode = ReturnType<ReturnType<typeof typescriptLanguage.parser.parse>["resolveInner"]>;

/** The name of the function around a place (lines and columns count from 1); null outside of all. */
export function functionsOf(code: string): (line: number, column: number) => string | null {
  if (code.length > MAX_LENGTH) return () => null;
  const tree = typescriptLanguage.parser.parse(code);
  const starts = [0];
  for (let at = code.indexOf("\n"); at !== -1; at = code.indexOf("\n", at + 1)) starts.push(at + 1);
  const text = (node: SyntaxNode | null): string | null => (node === null ? null : code.slice(node.from, node.to));
  const known = new Map<number, string | null>();
  return (line, column) => {
    const start = starts[line - 1];
    if (start === undefined) return null;
    const at = Math.min(code.length, start + column - 1);
    let found = known.get(at);
    if (found === undefined) known.set(at, (found = around(tree.resolveInner(at, 1), text)));
    return found;
  };
}

function around(inner: SyntaxNode, text: (node: SyntaxNode | null) => string | null): string | null {
  for (let node: SyntaxNode | null = inner; node !== null; node = node.parent) {
    if (!FUNCTIONS.has(node.name)) continue;
    const name = nameOf(node, text);
    if (name !== null) return name;
  }
  return null;
}

function nameOf(node: SyntaxNode, text: (node: SyntaxNode | null) => string | null): string | null {
  if (node.name === "MethodDeclaration") {
    const method = text(node.getChild("PropertyDefinition"));
    const type = node.parent?.parent?.name === "ClassDeclaration" ? text(node.parent.parent.getChild("VariableDefinition")) : null;
    return type === null || method === null ? method : `${type}.${method}`;
  }
  const own = text(node.getChild("VariableDefinition"));
  if (own !== null && node.name !== "ArrowFunction") return own;
  // What it is given to: const f = compile((x) => ...).
  for (let outer = node.parent; outer !== null && !FUNCTIONS.has(outer.name); outer = outer.parent) {
    if (outer.name === "VariableDeclaration") return text(outer.getChild("VariableDefinition"));
    if (outer.name === "PropertyDeclaration" || outer.name === "Property") return text(outer.getChild("PropertyDefinition"));
  }
  return null;
}
