/** @file Opens a built-in program, which may run by itself, and gives it its address. */
import { exampleCode, exampleFragment } from "../examples.ts";
import { notices } from "./notices.svelte.ts";
import { session } from "./session.svelte.ts";

/** Opens an example and runs it; where it cannot be fetched, says so. Resolves to whether it is there. */
export async function openExample(id: string): Promise<boolean> {
  let code: string;
  try {
    code = await exampleCode(id);
  } catch {
    notices.show("This example could not be fetched. Is there a connection?");
    return false;
  }
  history.replaceState(null, "", exampleFragment(id));
  session.open(code);
  session.run();
  return true;
}
