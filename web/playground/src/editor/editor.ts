/**
 * @file The code editor: CodeMirror with TypeScript colours, TypeScript's services, and marks on lines. It reports
 * edits and pointed-at lines and knows nothing of runs.
 */
import { typescriptLanguage } from "@codemirror/lang-javascript";
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import {
  type Annotation,
  Compartment,
  EditorState,
  type Range,
  RangeSet,
  StateEffect,
  StateField,
  type Extension,
  type Transaction,
} from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  gutterLineClass,
  GutterMarker,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { setTypes, typesField } from "./types.ts";

export interface EditorCallbacks {
  changed(code: string): void;
  /** The line under the pointer, from 1; null when it left. */
  pointed(line: number | null): void;
  /** The line of the caret, from 1; null when one does not write here. */
  caret(line: number | null): void;
  /** A click on the number of a line. */
  pinned(line: number): void;
  run(): void;
  stop(): void;
}

/** Lines to mark, from 1. */
export interface LineMarks {
  linked: ReadonlySet<number>;
  error: LineError | null;
}

/** The error that ended the program, at its place. */
export interface LineError {
  line: number;
  column: number;
  message: string;
}

const setMarks = StateEffect.define<LineMarks>();
const linkedLine = Decoration.line({ class: "cm-linked" });
const errorLine = Decoration.line({ class: "cm-failed" });
const errorNumber = new (class extends GutterMarker {
  override elementClass = "cm-failed-number";
})();

/** The marks as decorations. They move with edits until they are set again. */
const marksField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, transaction) {
    let marks = value.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(setMarks)) continue;
      const { doc } = transaction.state;
      const inside = (line: number): boolean => line >= 1 && line <= doc.lines;
      const ranges = [...effect.value.linked].filter(inside).map((line) => linkedLine.range(doc.line(line).from));
      const { error } = effect.value;
      if (error !== null && inside(error.line)) ranges.push(errorLine.range(doc.line(error.line).from));
      marks = RangeSet.of(ranges, true);
    }
    return marks;
  },
  provide: (field) => [EditorView.decorations.from(field), gutterLineClass.from(field, numbers)],
});

/** The error among the marks, until the text changes. */
export const failedField = StateField.define<LineError | null>({
  create: () => null,
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(setMarks)) return effect.value.error;
    return transaction.docChanged ? null : value;
  },
});

/** The gutter's part of the marks. */
function numbers(marks: DecorationSet): RangeSet<GutterMarker> {
  const ranges: Range<GutterMarker>[] = [];
  for (const mark = marks.iter(); mark.value !== null; mark.next()) if (mark.value === errorLine) ranges.push(errorNumber.range(mark.from));
  return RangeSet.of(ranges);
}

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: "var(--code-keyword)" },
  { tag: [tags.typeName, tags.className, tags.namespace], color: "var(--code-type)" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
  { tag: [tags.comment], color: "var(--code-comment)" },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: "var(--code-function)" },
]);

const look = EditorView.theme({
  "&": { height: "100%", fontSize: "12.5px", backgroundColor: "transparent", color: "var(--text)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55" },
  ".cm-content": { padding: "8px 0", caretColor: "var(--accent)" },
  // Types take no room and are cut at the edge of the pane: no line is wrapped otherwise because of them.
  ".cm-line": { padding: "0 12px 0 6px", overflowX: "clip" },
  ".cm-types": {
    display: "inline-block",
    width: "1px",
    marginRight: "-1px",
    textIndent: "16px",
    whiteSpace: "pre",
    color: "var(--muted)",
    fontSize: "11px",
    userSelect: "none",
    pointerEvents: "none",
  },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--muted)", border: "none" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "34px" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--raised) 70%, transparent)" },
  ".cm-cursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent) 22%, transparent)",
  },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "transparent", outline: "1px solid var(--line-strong)" },
  ".cm-linked": { backgroundColor: "var(--accent-soft)", boxShadow: "inset 3px 0 0 var(--accent)" },
  ".cm-failed": { backgroundColor: "var(--danger-soft)", boxShadow: "inset 3px 0 0 var(--danger)" },
  ".cm-failed-number": { color: "var(--danger)", fontWeight: "600" },
  ".cm-tooltip": { backgroundColor: "var(--surface)", border: "1px solid var(--line-strong)", borderRadius: "6px", overflow: "hidden" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--accent-text)" },
});

export class CodeEditor {
  readonly #view: EditorView;
  readonly #extensions: Extension;
  /** What is loaded only once somebody starts to write. */
  readonly #services = new Compartment();
  #loading: Promise<void> | null = null;
  /** What was written before the history was there, for the history. */
  #early: Transaction[] | null = [];
  /** Makes a change one step of the history of its own. */
  #alone: Annotation<unknown>[] = [];

  constructor(parent: HTMLElement, code: string, callbacks: EditorCallbacks) {
    let pointed: number | null = null;
    const point = (line: number | null): void => {
      if (line === pointed) return;
      pointed = line;
      callbacks.pointed(line);
    };
    this.#extensions = [
      // The page's policy lets only style sheets with this name in; see vite.config.ts.
      EditorView.cspNonce.of("interfuse"),
      lineNumbers({
        domEventHandlers: {
          click(view, { from }) {
            callbacks.pinned(view.state.doc.lineAt(from).number);
            return true;
          },
        },
      }),
      highlightActiveLineGutter(),
      highlightSpecialChars(),
      drawSelection(),
      EditorState.allowMultipleSelections.of(true),
      EditorState.tabSize.of(2),
      indentOnInput(),
      bracketMatching(),
      highlightActiveLine(),
      EditorView.lineWrapping,
      typescriptLanguage,
      // Before the services, whose keys would have Mod-Enter insert a line.
      keymap.of([
        { key: "Mod-Enter", run: () => (callbacks.run(), true) },
        { key: "Mod-.", run: () => (callbacks.stop(), true) },
      ]),
      this.#services.of([]),
      syntaxHighlighting(colours),
      look,
      marksField,
      failedField,
      typesField,
      EditorView.contentAttributes.of({
        "aria-label": "Program, TypeScript. Escape then Tab leaves the editor.",
        // It takes the focus anyway; this says so to whoever looks for what scrolls by keyboard.
        tabindex: "0",
        spellcheck: "false",
        autocapitalize: "off",
      }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) {
          this.#early?.push(...update.transactions);
          callbacks.changed(update.state.doc.toString());
        }
        if (update.docChanged || update.selectionSet || update.focusChanged) {
          const { doc, selection } = update.state;
          callbacks.caret(update.view.hasFocus ? doc.lineAt(selection.main.head).number : null);
        }
      }),
      EditorView.domEventHandlers({
        mousemove: (event, view) => {
          const at = view.posAtCoords({ x: event.clientX, y: event.clientY });
          point(at === null ? null : view.state.doc.lineAt(at).number);
        },
        mouseleave: () => point(null),
        focus: () => void this.#loadServices(),
      }),
    ];
    this.#view = new EditorView({ parent, state: this.#stateOf(code) });
  }

  /** Puts another program in; undo brings the one before back. A text that is there already is left alone. */
  set(code: string): void {
    const { doc } = this.#view.state;
    if (code === doc.toString()) return;
    this.#view.dispatch({
      changes: { from: 0, to: doc.length, insert: code },
      selection: { anchor: 0 },
      scrollIntoView: true,
      annotations: this.#alone,
    });
  }

  mark(marks: LineMarks): void {
    this.#view.dispatch({ effects: setMarks.of(marks) });
  }

  /** Writes the types of what lines compute at their ends. */
  types(types: ReadonlyMap<number, string>): void {
    this.#view.dispatch({ effects: setTypes.of(types) });
  }

  /** Moves the cursor to a place, counted from 1, and the focus with it. */
  goTo(line: number, column: number): void {
    const { doc } = this.#view.state;
    const found = doc.line(Math.min(Math.max(line, 1), doc.lines));
    const anchor = Math.min(found.from + Math.max(column - 1, 0), found.to);
    this.#view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
    this.#view.focus();
  }

  dispose(): void {
    this.#view.destroy();
  }

  /** Without them one can write as well; the next focus tries again. */
  #loadServices(): Promise<void> {
    this.#loading ??= import("./services.ts").then(
      ({ services, alone }) => {
        this.#view.dispatch({ effects: this.#services.reconfigure(services(this.#early ?? [])) });
        this.#alone = [alone];
        this.#early = null;
      },
      () => void (this.#loading = null),
    );
    return this.#loading;
  }

  #stateOf(code: string): EditorState {
    return EditorState.create({ doc: code, extensions: this.#extensions });
  }
}
