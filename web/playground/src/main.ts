/**
 * @file Starts the page: decides which program it opens with, and whether that one may run by itself. Only an unchanged built-in
 * example may; of a program from a link or from the last visit there is a live pass, and the rest waits for the person.
 */
import { mount } from "svelte";
import App from "./App.svelte";
import { exampleInFragment, examples } from "./examples.ts";
import { LinkError, readLink } from "./state/link.ts";
import { notices } from "./state/notices.svelte.ts";
import { openExample } from "./state/open.ts";
import { selection } from "./state/selection.svelte.ts";
import { session } from "./state/session.svelte.ts";
import { settings } from "./state/settings.svelte.ts";
import "./app.css";

/** Opens the program in the address, if there is one. */
async function openLinked(): Promise<boolean> {
  const example = exampleInFragment(location.hash);
  try {
    if (example !== null) return await openExample(example);
    const shared = await readLink(location.hash);
    if (shared === null) {
      if (location.hash.startsWith("#example=")) notices.show("There is no example of this name.");
      return false;
    }
    session.open(shared.code);
    selection.expect(shared.view ?? null);
    if (shared.tab !== undefined) settings.tab = shared.tab;
    if (shared.device !== undefined && shared.device !== settings.device) session.useDevice(shared.device);
    notices.show("This program came with the link. Its graphs are here already; read it, then press Run.");
    return true;
  } catch (reason) {
    if (!(reason instanceof LinkError)) throw reason;
    notices.show(reason.message);
    return false;
  }
}

async function start(): Promise<void> {
  if (await openLinked()) return;
  const draft = settings.draft;
  if (draft !== null) {
    session.open(draft);
    notices.show("This is the program from your last visit. Press Run to run it.");
    return;
  }
  await openExample(examples[0]!.id);
}

mount(App, { target: document.getElementById("app")! });
void start();
addEventListener("hashchange", () => void openLinked());
