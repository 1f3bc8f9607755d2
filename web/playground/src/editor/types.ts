/** @file The types of what a line computes, at its end: from the trace, as the line's own results. */
import { type Range, RangeSet, StateEffect, StateField, type Text } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, WidgetType } from "@codemirror/view";
import { typeText } from "../graph/drawing.ts";
import type { GraphView } from "../protocol.ts";

/** Types that are written at the end of one line; the rest is counted. */
const MAX_WRITTEN = 3;

/** For each line, from 1, the types of what it gives to other lines or as a result. */
export function lineTypes({ nodes, outputs }: GraphView): Map<number, string> {
  const lineOf = new Map(nodes.map(({ id, source }) => [id, source?.line]));
  const isGiven = new Set(outputs);
  for (const { operands, source } of nodes) for (const operand of operands) if (lineOf.get(operand) !== source?.line) isGiven.add(operand);
  const types = new Map<number, Set<string>>();
  for (const node of nodes) {
    const { id, source, op } = node;
    if (source === undefined || op === "literal" || op === "input" || !isGiven.has(id)) continue;
    const own = types.get(source.line);
    if (own === undefined) types.set(source.line, new Set([typeText(node)]));
    else own.add(typeText(node));
  }
  return new Map(
    [...types].map(([line, found]) => {
      const written = [...found].slice(0, MAX_WRITTEN).join("  ");
      return [line, found.size > MAX_WRITTEN ? `${written}  +${found.size - MAX_WRITTEN}` : written];
    }),
  );
}

class TypeWidget extends WidgetType {
  readonly #text: string;

  constructor(text: string) {
    super();
    this.#text = text;
  }

  override eq(other: TypeWidget): boolean {
    return other.#text === this.#text;
  }

  toDOM(): HTMLElement {
    const dom = document.createElement("span");
    dom.className = "cm-types";
    dom.textContent = this.#text;
    // It repeats what the graph says, and is no part of the text.
    dom.setAttribute("aria-hidden", "true");
    return dom;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

export const setTypes = StateEffect.define<ReadonlyMap<number, string>>();

/** The types as decorations: they move with edits until they are set again. */
export const typesField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, transaction) {
    let types = value.map(transaction.changes);
    for (const effect of transaction.effects) if (effect.is(setTypes)) types = widgets(transaction.state.doc, effect.value);
    return types;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function widgets(doc: Text, types: ReadonlyMap<number, string>): DecorationSet {
  const ranges: Range<Decoration>[] = [];
  for (const [line, text] of types) {
    if (line < 1 || line > doc.lines) continue;
    ranges.push(Decoration.widget({ widget: new TypeWidget(text), side: 1 }).range(doc.line(line).to));
  }
  return RangeSet.of(ranges, true);
}
