/**
 * @file A static file server for tests: one directory, on localhost, with the right media types. Not for the public.
 */
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";

const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
  ".ts": "text/plain; charset=utf-8",
};

/**
 * Serves `directory` on 127.0.0.1. Port 0 takes a free one. `/` is `index.html`, or an empty page where there is none.
 *
 * @param {string} directory
 * @param {{ port?: number, headers?: Record<string, string> }} [options] `headers` go with every answer (a policy under test)
 * @returns {Promise<{ url: string, port: number, close(): Promise<void> }>} `url` ends without a slash
 */
export async function serve(directory, { port = 0, headers = {} } = {}) {
  const base = path.resolve(directory);
  const server = createServer((request, response) => {
    const answer = (status, type, body) => {
      response.writeHead(status, { "content-type": type, "cache-control": "no-store", ...headers });
      response.end(body);
    };
    let file;
    try {
      file = path.join(base, decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    } catch {
      return answer(400, "text/plain", "bad request");
    }
    // `path.join` has resolved every `..`, so that a prefix check keeps requests inside the directory.
    if (file !== base && !file.startsWith(base + path.sep)) return answer(403, "text/plain", "outside the served directory");
    let stats = statSync(file, { throwIfNoEntry: false });
    if (stats?.isDirectory()) {
      file = path.join(file, "index.html");
      stats = statSync(file, { throwIfNoEntry: false });
      if (!stats && path.dirname(file) === base) return answer(200, types[".html"], "<!doctype html><title>empty</title>");
    }
    if (!stats?.isFile()) return answer(404, "text/plain", "not found");
    response.writeHead(200, {
      "content-type": types[path.extname(file)] ?? "application/octet-stream",
      "content-length": stats.size,
      "cache-control": "no-store",
      ...headers,
    });
    if (request.method === "HEAD") return response.end();
    createReadStream(file).pipe(response);
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
