/**
 * @file A static file server for tests: one directory, on localhost, with the right media types. Not for the public.
 */
import { createServer } from "node:http";

/**
 * Serves `directory` on 127.0.0.1. Port 0 takes a free one. `/` is `index.html`, or an empty page where there is none.
 *
 * @param {string} directory
 * @param {{ port?: number, headers?: Record<string, string> }} [options] `headers` go with every answer (a policy under test)
 * @returns {Promise<{ url: string, port: number, close(): Promise<void> }>} `url` ends without a slash
 */
export async function serve(directory, { port = 0, headers = {} } = {}) {
  // Imported here, so that scripts can be read before the npm packages are there.
  const { default: sirv } = await import("sirv");
  // For development: files are looked up at every request, and nothing may be kept.
  const files = sirv(directory, { dev: true });
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    // Of TypeScript and of transport streams of MPEG, which have this ending too, tests serve the first.
    if (/\.ts$/.test(request.url)) response.setHeader("content-type", "text/plain;charset=utf-8");
    files(request, response, () => {
      const empty = new URL(request.url, "http://localhost").pathname === "/";
      response.writeHead(empty ? 200 : 404, {
        "content-type": `text/${empty ? "html" : "plain"};charset=utf-8`,
        "cache-control": "no-store",
      });
      response.end(empty ? "<!doctype html><title>empty</title>" : "not found");
    });
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  const bound = server.address().port;
  return {
    // By name, not by number: `localhost` is a secure context and what people see in their own browser.
    url: `http://localhost:${bound}`,
    port: bound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
