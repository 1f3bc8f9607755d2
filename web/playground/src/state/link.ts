/**
 * @file Programs in links. Everything is in the fragment, which browsers never send to a server. The form is
 * `#<version>/<payload>`; version 1 is base64url of raw deflate of JSON. Links live for ever, so a version is never changed, only
 * added to, and a fragment that is not one of ours is left alone.
 */
import type { DeviceChoice } from "../protocol.ts";
import type { Target } from "./links.ts";
import { isDevice, isTab, type Tab } from "./settings.svelte.ts";

/** What a link carries. Fields may be added; readers ignore those they do not know. */
export interface Shared {
  code: string;
  device?: DeviceChoice;
  /** The pane that was open where there is room for one. */
  tab?: Tab;
  view?: SharedView;
}

/** What was looked at. It means something only while the program compiles as it did: what does not fit any more marks nothing. */
export interface SharedView {
  pinned?: Target;
  kernel?: number;
  pass?: number;
}

/** A fragment that looks like a link of this page but cannot be read; its message is meant for the person. */
export class LinkError extends Error {}

/** A text this long is not a program that somebody shares; it guards against a small payload that inflates without end. */
const MAX_LENGTH = 1 << 20;

export async function writeLink(shared: Shared): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(shared));
  const packed = new Uint8Array(
    await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"))).arrayBuffer(),
  );
  const base64 = btoa(Array.from(packed, (byte) => String.fromCharCode(byte)).join(""));
  return `#1/${base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

/** The program in a fragment; null when the fragment is not a link to a program. */
export async function readLink(fragment: string): Promise<Shared | null> {
  const match = /^#(\d+)\/([\w-]+)$/.exec(fragment);
  if (match === null) return null;
  const [, version, payload] = match;
  if (version !== "1")
    throw new LinkError(`This link was made by a newer playground (form ${version}). Reload the page to get the current one.`);
  let shared: unknown;
  try {
    const packed = Uint8Array.from(atob(payload!.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
    shared = JSON.parse(await inflate(packed));
  } catch {
    throw new LinkError("This link is damaged: part of it may have been cut off when it was copied.");
  }
  const { code, device, tab, view } = (shared ?? {}) as Record<string, unknown>;
  if (typeof code !== "string") throw new LinkError("This link carries no program.");
  return {
    code,
    ...(isDevice(device) ? { device } : {}),
    ...(isTab(tab) ? { tab } : {}),
    ...(isRecord(view) ? { view: readView(view) } : {}),
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const isIndex = (value: unknown): value is number => typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 1e6;

/** As much of a view as can be read. */
function readView({ pinned, kernel, pass }: Record<string, unknown>): SharedView {
  const target = isRecord(pinned) ? readTarget(pinned) : undefined;
  return { ...(target ? { pinned: target } : {}), ...(isIndex(kernel) ? { kernel } : {}), ...(isIndex(pass) ? { pass } : {}) };
}

function readTarget({ kind, pass, ids, id, index, kernel, line }: Record<string, unknown>): Target | undefined {
  if (kind === "node" && isIndex(pass) && Array.isArray(ids) && ids.length <= 10_000 && ids.every(isIndex)) return { kind, pass, ids };
  if ((kind === "kernel" || kind === "buffer" || kind === "entry") && isIndex(id)) return { kind, id };
  if (kind === "call" && isIndex(index)) return { kind, index };
  if (kind === "wgsl" && isIndex(kernel) && isIndex(line)) return { kind, kernel, line };
  if (kind === "source" && isIndex(line)) return { kind, line };
  return undefined;
}

async function inflate(packed: Uint8Array<ArrayBuffer>): Promise<string> {
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    text += decoder.decode(step.value, { stream: true });
    if (text.length > MAX_LENGTH) throw new RangeError("too long");
  }
  return text + decoder.decode();
}
