/**
 * @file TypeScript's language service over one program and the package's declarations: diagnostics, completion, hover texts, signatures.
 * Beside the compiler's own it finds what types allow and is never meant: a tensor as a condition. Runs in a worker, and in tests.
 */
import ts from "typescript";

/** A stretch of the program by offsets, and what is to be said of it. */
export interface Problem {
  from: number;
  to: number;
  severity: "error" | "warning" | "hint";
  message: string;
}

export interface Completion {
  label: string;
  type: string;
  /** In the service's own order. */
  order: string;
}

export interface Completions {
  from: number;
  options: Completion[];
}

export interface Described {
  from: number;
  to: number;
  /** The type or the signature. */
  code: string;
  /** What its documentation says. */
  text: string;
}

export interface Signature {
  /** The text before, of, and after the parameter that is being written. */
  before: string;
  parameter: string;
  after: string;
  text: string;
}

const PROGRAM = "/program.ts";

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  lib: ["lib.es2022.d.ts", "lib.esnext.disposable.d.ts"],
  types: [],
  strict: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
};

/** The modules that a program may import by name. */
const MODULES: Record<string, string> = {
  interfuse: "/interfuse/index.d.ts",
  "interfuse/devtools": "/interfuse/devtools.d.ts",
};

/** Where a tensor stands as a condition, and what to write instead. */
const CONDITION =
  "A tensor is always true as a condition. Read it first, `(await t.item()) > 0`, or choose by elements with `where(t, a, b)`.";

export class Checker {
  readonly #files: Readonly<Record<string, string>>;
  readonly #service: ts.LanguageService;
  #code = "";
  #version = 0;

  /** `files` are the declarations by path; see vite.config.ts. */
  constructor(files: Readonly<Record<string, string>>) {
    this.#files = files;
    const read = (name: string): string | undefined => (name === PROGRAM ? this.#code : files[name]);
    this.#service = ts.createLanguageService({
      getCompilationSettings: () => OPTIONS,
      getScriptFileNames: () => [PROGRAM, "/lib/sandbox.d.ts", "/lib/playground.d.ts"],
      getScriptVersion: (name) => (name === PROGRAM ? String(this.#version) : "0"),
      getScriptSnapshot: (name) => {
        const text = read(name);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => "/",
      getDefaultLibFileName: () => "/lib/lib.es2022.d.ts",
      fileExists: (name) => read(name) !== undefined,
      readFile: read,
      resolveModuleNameLiterals: (literals, from) =>
        literals.map(({ text }) => {
          const file = this.#resolve(text, from);
          return {
            resolvedModule:
              file === undefined ? undefined : { resolvedFileName: file, extension: ts.Extension.Dts, isExternalLibraryImport: true },
          };
        }),
    });
  }

  /** From now on that is the program. */
  set(code: string): void {
    if (code === this.#code) return;
    this.#code = code;
    this.#version++;
  }

  problems(): Problem[] {
    const own = [...this.#service.getSyntacticDiagnostics(PROGRAM), ...this.#service.getSemanticDiagnostics(PROGRAM)];
    const found = own.map(({ start = 0, length = 0, category, messageText, code }): Problem => {
      const text = ts.flattenDiagnosticMessageText(messageText, "\n");
      return {
        from: start,
        to: start + length,
        severity: category === ts.DiagnosticCategory.Error ? "error" : "warning",
        // "Cannot find module": says which there are.
        message:
          code === 2307 ? `${text.split("\n")[0]} There are "interfuse", "interfuse/devtools", "playground" and https:// addresses.` : text,
      };
    });
    // Nobody has the types of what is elsewhere.
    const known = found.filter(({ from, to }) => !/^["']https:/.test(this.#code.slice(from, to)));
    return [...known, ...this.#conditions()];
  }

  complete(position: number): Completions | null {
    const info = this.#service.getCompletionsAtPosition(PROGRAM, position, {
      includeCompletionsForModuleExports: false,
      includeCompletionsWithInsertText: false,
    });
    if (info === undefined) return null;
    const from = info.optionalReplacementSpan?.start ?? wordStart(this.#code, position);
    const options = info.entries
      .filter(({ name, kind }) => !/^_/.test(name) && kind !== ts.ScriptElementKind.warning)
      .slice(0, 2000)
      .map(({ name, kind, sortText }): Completion => ({ label: name, type: iconOf(kind), order: sortText }));
    return { from, options };
  }

  /** What a completion is. */
  describe(position: number, name: string): Pick<Described, "code" | "text"> | null {
    const details = this.#service.getCompletionEntryDetails(PROGRAM, position, name, {}, undefined, {}, undefined);
    if (details === undefined) return null;
    return { code: joined(details.displayParts), text: documentation(details.documentation, details.tags) };
  }

  hover(position: number): Described | null {
    const info = this.#service.getQuickInfoAtPosition(PROGRAM, position);
    if (info === undefined) return null;
    const { start, length } = info.textSpan;
    return { from: start, to: start + length, code: joined(info.displayParts), text: documentation(info.documentation, info.tags) };
  }

  signature(position: number): Signature | null {
    const help = this.#service.getSignatureHelpItems(PROGRAM, position, {});
    const item = help?.items[help.selectedItemIndex];
    if (help === undefined || item === undefined) return null;
    const parts = item.parameters.map(({ displayParts }) => joined(displayParts));
    const separator = joined(item.separatorDisplayParts);
    const at = Math.min(help.argumentIndex, Math.max(parts.length - 1, 0));
    const list = (some: readonly string[]): string => some.map((part) => part + separator).join("");
    const after = parts.slice(at + 1).map((part) => separator + part);
    return {
      before: joined(item.prefixDisplayParts) + list(parts.slice(0, at)),
      parameter: parts[at] ?? "",
      after: after.join("") + joined(item.suffixDisplayParts),
      text: documentation(item.documentation, item.tags),
    };
  }

  #resolve(name: string, from: string): string | undefined {
    if (from === PROGRAM) return MODULES[name];
    if (name in MODULES) return MODULES[name];
    if (!name.startsWith(".")) return undefined;
    const url = new URL(name, `file://${from}`).pathname.replace(/\.js$/, ".d.ts");
    return url in this.#files ? url : undefined;
  }

  /** Tensors where JavaScript only asks whether there is something. */
  #conditions(): Problem[] {
    const program = this.#service.getProgram();
    const source = program?.getSourceFile(PROGRAM);
    if (program === undefined || source === undefined) return [];
    const types = program.getTypeChecker();
    const problems: Problem[] = [];
    const ask = (node: ts.Expression): void => {
      let inner = node;
      while (ts.isParenthesizedExpression(inner)) inner = inner.expression;
      if (ts.isBinaryExpression(inner) && isLogical(inner.operatorToken.kind)) return; // its sides are asked by themselves
      if (types.getTypeAtLocation(inner).getSymbol()?.getName() !== "Tensor") return;
      problems.push({ from: inner.getStart(source), to: inner.getEnd(), severity: "error", message: CONDITION });
    };
    const visit = (node: ts.Node): void => {
      if (ts.isIfStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node)) ask(node.expression);
      else if (ts.isConditionalExpression(node)) ask(node.condition);
      else if (ts.isForStatement(node) && node.condition !== undefined) ask(node.condition);
      else if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) ask(node.operand);
      else if (ts.isBinaryExpression(node) && isLogical(node.operatorToken.kind)) ask(node.left);
      ts.forEachChild(node, visit);
    };
    visit(source);
    return problems;
  }
}

function isLogical(kind: ts.SyntaxKind): boolean {
  return kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken;
}

function wordStart(code: string, position: number): number {
  return position - (/[\w$]*$/.exec(code.slice(0, position))?.[0].length ?? 0);
}

function joined(parts: readonly ts.SymbolDisplayPart[] | undefined): string {
  return (parts ?? []).map(({ text }) => text).join("");
}

function documentation(parts: readonly ts.SymbolDisplayPart[] | undefined, tags: readonly ts.JSDocTagInfo[] | undefined): string {
  const texts = (tags ?? [])
    .filter(({ name }) => name === "throws" || name === "param" || name === "returns")
    .map(({ name, text }) => `@${name} ${joined(text)}`);
  return [joined(parts), ...texts].filter((text) => text !== "").join("\n");
}

/** The kind of a completion as CodeMirror names it. */
function iconOf(kind: ts.ScriptElementKind): string {
  switch (kind) {
    case ts.ScriptElementKind.memberFunctionElement:
      return "method";
    case ts.ScriptElementKind.functionElement:
    case ts.ScriptElementKind.localFunctionElement:
      return "function";
    case ts.ScriptElementKind.memberVariableElement:
    case ts.ScriptElementKind.memberGetAccessorElement:
      return "property";
    case ts.ScriptElementKind.classElement:
      return "class";
    case ts.ScriptElementKind.interfaceElement:
    case ts.ScriptElementKind.typeElement:
      return "type";
    case ts.ScriptElementKind.keyword:
      return "keyword";
    case ts.ScriptElementKind.moduleElement:
      return "namespace";
    case ts.ScriptElementKind.string:
      return "text";
    default:
      return "variable";
  }
}
