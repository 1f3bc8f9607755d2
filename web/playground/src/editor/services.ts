/**
 * @file What the editor loads when somebody starts to write: completion and closing brackets. There is no type checker behind it:
 * it completes what the package exports, and after a dot the methods of a tensor.
 */
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  type CompletionContext,
  completionKeymap,
  type CompletionResult,
} from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";
import { keymap } from "@codemirror/view";
import type { EditorCallbacks } from "./editor.ts";

/** The extensions, for an editor that completes these names. */
export function services(names: EditorCallbacks["names"]): Extension {
  return [closeBrackets(), autocompletion({ override: [complete(names)] }), keymap.of([...closeBracketsKeymap, ...completionKeymap])];
}

function complete(names: EditorCallbacks["names"]) {
  return (context: CompletionContext): CompletionResult | null => {
    const method = context.matchBefore(/\.\w*/);
    if (method !== null)
      return { from: method.from + 1, options: names().methods.map((label) => ({ label, type: "method" })), validFor: /^\w*$/ };
    const word = context.matchBefore(/[A-Za-z]\w+/);
    if (word === null) return null;
    return { from: word.from, options: names().exports.map((label) => ({ label, type: "function" })), validFor: /^\w*$/ };
  };
}
