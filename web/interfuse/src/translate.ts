/**
 * @file Kernels in the languages below WGSL. The translator is a Wasm module of its own, many times as large as what a program needs of
 * it: it comes along as a chunk that is imported when somebody asks.
 */
import { describe } from "./describe.js";
import { CompileArgumentError, DeviceError } from "./errors.js";
import { inflate } from "./unpack.js";

/** A language that drivers get to see: Metal, SPIR-V (disassembled), HLSL, GLSL ES. */
export type ShaderLanguage = "msl" | "spirv" | "hlsl" | "glsl";

/** All of them. */
export const LANGUAGES: readonly ShaderLanguage[] = ["msl", "spirv", "hlsl", "glsl"];

type Translator = (wgsl: string, language: string) => string;

let loading: Promise<Translator> | undefined;

async function load(): Promise<Translator> {
  try {
    const [{ default: packed }, glue] = await Promise.all([import("./translate.inline.js"), import("./interfuse_translate.js")]);
    glue.initSync({ module: await inflate(packed) });
    return glue.translate;
  } catch (error) {
    // Another attempt may have better luck.
    loading = undefined;
    throw new DeviceError(
      "translate",
      `the translator could not be loaded: ${error instanceof Error ? error.message : String(error)}`,
      "Is its chunk served beside the others?",
    );
  }
}

/** A shader in that language; throws the translator's reason, a string, when the language cannot say it. */
export async function translate(wgsl: string, language: ShaderLanguage): Promise<string> {
  if (typeof wgsl !== "string") throw new CompileArgumentError("translate", `the shader is ${describe(wgsl)}`, "Give its WGSL.");
  if (!LANGUAGES.includes(language))
    throw new CompileArgumentError(
      "translate",
      `the language is ${describe(language)}`,
      `It may be ${LANGUAGES.map((name) => `"${name}"`).join(", ")}.`,
    );
  const translator = await (loading ??= load());
  return translator(wgsl, language);
}
