/**
 * @file What programs in the sandbox cannot have by themselves, and get from the page: the file of digits, translations of shaders, and
 * modules from elsewhere, for which the person is asked first.
 */
import digitsUrl from "../../data/digits.bin?url";
import type { Need } from "../protocol.ts";
import { permissions } from "../state/permissions.svelte.ts";
import { translate } from "./translator.ts";

/** Modules larger than this are refused: the text goes through the page. */
const MAX_MODULE_BYTES = 4 << 20;

/** Gives what a program needs. Where nobody may be asked, only what was allowed before is there. */
export async function needed(what: Need, mayAsk: boolean): Promise<unknown> {
  switch (what.kind) {
    case "digits":
      return (await fetched(digitsUrl)).arrayBuffer();
    case "translation":
      return translate(what.wgsl, what.language);
    case "module":
      return moduleText(what.address, mayAsk);
    default:
      throw what satisfies never;
  }
}

async function moduleText(address: string, mayAsk: boolean): Promise<string> {
  const { origin, href } = new URL(address);
  if (!permissions.allows(origin)) {
    if (!mayAsk) throw new Error(`This program imports ${href}: press Run, and the page asks whether it may.`);
    if (!(await permissions.ask(origin, href))) throw new Error(`The import of ${href} was not allowed.`);
  }
  const text = await (await fetched(href, { credentials: "omit", referrerPolicy: "no-referrer" })).text();
  if (text.length > MAX_MODULE_BYTES) throw new Error(`${href} has more than ${MAX_MODULE_BYTES >> 20} MiB.`);
  return text;
}

async function fetched(address: string, options: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address, options);
  } catch {
    throw new Error(`${address} could not be fetched. Is there a connection, and does that site allow other pages to read it (CORS)?`);
  }
  if (!response.ok) throw new Error(`${address} could not be fetched: ${response.status} ${response.statusText}`);
  return response;
}
