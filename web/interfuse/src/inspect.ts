/** @file Everything that there is to see of a compilation, as the core describes it. Ids hold through all stages. */
import { describe } from "./describe.js";
import { CompileArgumentError } from "./errors.js";
import { translate, type ShaderLanguage } from "./translate.js";
import type { InspectionView } from "./views.gen.js";

export interface Inspection extends InspectionView {}

/** Every stage of one compilation. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor sets every field.
export class Inspection {
  readonly #json: string;
  readonly #dot: string;

  /** @internal */
  constructor(json: string, dot: string) {
    Object.assign(this, JSON.parse(json) as InspectionView);
    this.#json = json;
    this.#dot = dot;
  }

  /** The last graph in Graphviz's language, kernels as clusters. */
  toDot(): string {
    return this.#dot;
  }

  /**
   * A kernel's shader in another language: what a driver gets to see. The translator is loaded on first use; SPIR-V comes as
   * disassembly.
   */
  async translate(kernel: number, language: ShaderLanguage): Promise<string> {
    const op = "translate";
    const view = this.kernels.find(({ id }) => id === kernel);
    if (view === undefined)
      throw new CompileArgumentError(op, `there is no kernel ${describe(kernel)}`, `There are ${this.kernels.length}, counted from 0.`);
    try {
      return await translate(view.wgsl, language);
    } catch (reason) {
      if (typeof reason !== "string") throw reason;
      throw new CompileArgumentError(op, `kernel ${kernel} cannot be translated to ${language}: ${reason}`, "Choose another language.");
    }
  }

  /** Everything as plain data. */
  toJSON(): object {
    return JSON.parse(this.#json) as object;
  }
}
