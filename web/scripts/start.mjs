/**
 * @file `npm start`: from a fresh checkout to the page in the browser. Installs what building needs, builds what is
 * out of date, and serves web/playground/dist as it would be published. `npm start -- --dev` serves the page's sources
 * instead, with hot reloading, on a quickly built Wasm; `--port N` asks for another port than 5173.
 */
import { Failure, at, main, say } from "./lib.mjs";
import { build, compile } from "./build.mjs";
import { setup } from "./setup.mjs";

const options = { port: { type: "string", default: "5173" }, dev: { type: "boolean", default: false } };

await main(
  import.meta,
  async (_, { port: text, dev }) => {
    const port = Number(text);
    if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Failure(`--port takes a number from 0 to 65535, not ${text}`);
    const how = dev ? { profile: "wasm-dev", last: "package" } : {};
    await setup("start", { beside: [() => compile(how)] });
    await build(how);

    const vite = await import("vite");
    // The numeric address: on many machines the name `localhost` means IPv6 only, and other programs then do not find us.
    const served = {
      root: at("web/playground"),
      logLevel: "warn",
      server: { port, host: "127.0.0.1" },
      preview: { port, host: "127.0.0.1" },
    };
    const server = dev ? await (await vite.createServer(served)).listen() : await vite.preview(served);
    say("Interfuse is ready. Open it in a browser (Ctrl+C stops it):");
    console.log(`\n      http://localhost:${server.httpServer.address().port}/\n`);
  },
  options,
);
