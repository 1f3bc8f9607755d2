/**
 * @file What the editor loads when somebody starts to write: its keys and its history, TypeScript's completion, hover texts, signatures and
 * squiggles, and closing brackets.
 */
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  type Completion,
  type CompletionContext,
  completionKeymap,
  type CompletionResult,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyField, historyKeymap, indentWithTab, isolateHistory } from "@codemirror/commands";
import { type Diagnostic, linter, lintKeymap } from "@codemirror/lint";
import { EditorState, type Extension, StateEffect, StateField, Transaction } from "@codemirror/state";
import { EditorView, hoverTooltip, keymap, showTooltip, type Tooltip, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import type { Signature } from "./checker.ts";
import { failedField } from "./editor.ts";
import { Language } from "./language.ts";

/** Squiggles come when nothing was typed for so long. */
const LINT_AFTER_MS = 250;

/** Keeps a change apart from those before and after it when they are undone. */
export const alone = isolateHistory.of("full");

/** The extensions; the service starts with them. `early` is what was written until now. */
export function services(early: readonly Transaction[]): Extension {
  const language = new Language();
  return [
    historyFrom(early),
    servicesLook,
    closeBrackets(),
    autocompletion({ override: [(context) => complete(language, context)], activateOnTyping: true, maxRenderedOptions: 200 }),
    linter(async ({ state }) => (await language.problems(text(state))) ?? [], { delay: LINT_AFTER_MS }),
    failure,
    hoverTooltip(async (view, position) => {
      const found = await language.hover(text(view.state), position);
      if (found === null || found.to > view.state.doc.length) return null;
      return { pos: found.from, end: found.to, above: true, create: () => ({ dom: described(found.code, found.text) }) };
    }),
    signatureHelp(language),
    // Tab indents; Escape then Tab leaves the editor (CodeMirror's own rule).
    keymap.of([...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
  ];
}

/** A history that has what was written before it was there. */
function historyFrom(early: readonly Transaction[]): Extension {
  const first = early[0];
  if (first === undefined) return history();
  let state = EditorState.create({ doc: first.startState.doc, selection: first.startState.selection.main, extensions: history() });
  for (const made of early) {
    const { changes, newSelection } = made;
    const time = Transaction.time.of(made.annotation(Transaction.time)!);
    // Programs that were opened are changes without an event of their own, and no part of what was typed.
    const event = made.annotation(Transaction.userEvent);
    const annotations = event === undefined ? [time, alone] : [time, Transaction.userEvent.of(event)];
    ({ state } = state.update({ changes, selection: newSelection.main, annotations }));
  }
  return [history(), historyField.init(() => state.field(historyField))];
}

/** It is underlined as what TypeScript finds is: from its column on, as far as the name there goes. */
const failure = linter(
  ({ state }): Diagnostic[] => {
    const error = state.field(failedField);
    if (error === null || error.line > state.doc.lines) return [];
    const line = state.doc.line(error.line);
    const from = Math.min(line.from + error.column - 1, line.to);
    const name = /^[\w$]+|^./.exec(line.text.slice(from - line.from))?.[0].length ?? 0;
    return [{ from, to: from + name, severity: "error", source: "this run", message: error.message }];
  },
  { needsRefresh: ({ startState, state }) => startState.field(failedField) !== state.field(failedField) },
);

function text(state: EditorState): string {
  return state.doc.toString();
}

async function complete(language: Language, context: CompletionContext): Promise<CompletionResult | null> {
  const word = context.matchBefore(/[\w$]+/);
  const after = context.matchBefore(/[.'"/]\w*/);
  if (!context.explicit && word === null && after === null) return null;
  const code = text(context.state);
  const found = await language.complete(code, context.pos);
  if (found === null || context.aborted) return null;
  const options = found.options.map(
    ({ label, type, order }): Completion => ({
      label,
      type,
      // What is nearer comes first: the service's texts begin with a number for that.
      boost: 50 - Math.min(50, Number.parseInt(order, 10) || 0),
      info: async () => {
        const details = await language.describe(code, context.pos, label);
        return details === null ? null : described(details.code, details.text);
      },
    }),
  );
  return { from: found.from, options, validFor: /^[\w$]*$/ };
}

/** A type with its documentation. */
function described(code: string, text: string): HTMLElement {
  const dom = document.createElement("div");
  dom.className = "cm-described";
  const type = document.createElement("code");
  type.textContent = code;
  dom.append(type);
  if (text !== "") {
    const words = document.createElement("p");
    words.textContent = text;
    dom.append(words);
  }
  return dom;
}

const setSignature = StateEffect.define<Tooltip | null>();

/** The parameters of the call that is being written, above the cursor; Escape closes them. */
function signatureHelp(language: Language): Extension {
  const field = StateField.define<Tooltip | null>({
    create: () => null,
    update(value, transaction) {
      for (const effect of transaction.effects) if (effect.is(setSignature)) return effect.value;
      return value === null || !transaction.docChanged ? value : { ...value, pos: transaction.changes.mapPos(value.pos) };
    },
    provide: (field) => showTooltip.from(field),
  });
  const plugin = ViewPlugin.define((view) => {
    let asked = 0;
    const show = async (): Promise<void> => {
      const own = ++asked;
      const { head } = view.state.selection.main;
      const signature = await language.signature(text(view.state), head);
      if (own !== asked || head > view.state.doc.length) return;
      view.dispatch({ effects: setSignature.of(signature === null ? null : tooltip(head, signature)) });
    };
    return {
      update(update: ViewUpdate) {
        const isOpen = update.state.field(field) !== null;
        let typed = "";
        update.changes.iterChanges((_a, _b, _c, _d, inserted) => (typed += inserted.toString()));
        const opens = update.docChanged && /[(,]/.test(typed);
        if (opens || (isOpen && (update.docChanged || update.selectionSet))) void show();
      },
    };
  });
  const close = keymap.of([
    {
      key: "Escape",
      run: (view) => {
        if (view.state.field(field) === null) return false;
        view.dispatch({ effects: setSignature.of(null) });
        return true;
      },
    },
  ]);
  return [field, plugin, close];
}

function tooltip(pos: number, { before, parameter, after, text }: Signature): Tooltip {
  return {
    pos,
    above: true,
    create: () => {
      const dom = described("", text);
      dom.classList.add("cm-signature");
      const current = document.createElement("strong");
      current.textContent = parameter;
      dom.querySelector("code")!.append(before, current, after);
      return { dom };
    },
  };
}

/** How the tooltips look; EditorView.theme makes a style sheet of it. */
const servicesLook = EditorView.theme({
  ".cm-described": { maxWidth: "520px", maxHeight: "240px", overflow: "auto", padding: "6px 10px", font: "12px/1.45 var(--font)" },
  ".cm-described code": { font: "11.5px/1.5 var(--mono)", whiteSpace: "pre-wrap" },
  ".cm-described p": { marginTop: "4px", color: "var(--muted)", whiteSpace: "pre-wrap" },
  ".cm-signature strong": { color: "var(--accent)" },
  ".cm-tooltip-lint": { font: "12px/1.45 var(--font)" },
  ".cm-diagnostic": { whiteSpace: "pre-wrap" },
});
