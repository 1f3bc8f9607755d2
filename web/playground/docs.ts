/**
 * @file The package's documentation as pages of the site, in `docs/`: its Markdown files, made into plain HTML when the page is built,
 * without scripts. What they say is what comes with the package.
 */
import { readFileSync } from "node:fs";
import { Marked } from "marked";
import type { Plugin } from "vite";

const PACKAGE = new URL("../interfuse/", import.meta.url);
const SOURCE = "https://github.com/interfuse/interfuse/blob/main/web/interfuse/";

/** The pages, by their files, in the order of their links. */
const PAGES = {
  "README.md": ["index.html", "Guide"],
  "COMPILE.md": ["compile.html", "What to compile"],
  "OPS.md": ["ops.html", "Ops"],
} as const;
type File = keyof typeof PAGES;

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** A heading's name in an address. */
const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\w -]/g, "")
    .replaceAll(" ", "-");

const marked = new Marked({
  walkTokens(token) {
    if (token.type !== "link" || /^(\w+:|#)/.test(token.href)) return;
    // A page of ours, or a file that is read where the sources are.
    const [path = "", anchor] = (token.href as string).split("#");
    const page = (PAGES as Record<string, readonly [string, string]>)[path]?.[0] ?? new URL(path, SOURCE).href;
    token.href = anchor === undefined ? page : `${page}#${anchor}`;
  },
  renderer: {
    heading({ tokens, depth, text }) {
      return `<h${depth} id="${slug(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
    },
    // What is wider than the page scrolls, by keyboard too.
    table(token) {
      const row = (cells: typeof token.header, tag: string): string =>
        `<tr>${cells.map((cell) => `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join("")}</tr>`;
      const body = token.rows.map((cells) => row(cells, "td")).join("\n");
      return `<div class="wide" tabindex="0" role="region" aria-label="table"><table><thead>${row(token.header, "th")}</thead><tbody>${body}</tbody></table></div>\n`;
    },
    code({ text }) {
      return `<pre tabindex="0"><code>${escaped(text)}</code></pre>\n`;
    },
  },
});

function page(file: File): string {
  const [own, title] = PAGES[file];
  const links = Object.values(PAGES).map(
    ([href, name]) => `<a href="${href}"${href === own ? ' aria-current="page"' : ""}>${escaped(name)}</a>`,
  );
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${escaped(title)} · Interfuse</title>
    <link rel="stylesheet" href="docs.css" />
  </head>
  <body>
    <nav aria-label="Documentation"><a href="../">Playground</a> ${links.join(" ")}</nav>
    <main>
${marked.parse(readFileSync(new URL(file, PACKAGE), "utf8"), { async: false })}    </main>
  </body>
</html>
`;
}

/** Name and content of every file in `docs/`. */
function files(): [string, string][] {
  const style = readFileSync(new URL("docs.css", import.meta.url), "utf8");
  return [["docs.css", style], ...(Object.keys(PAGES) as File[]).map((file): [string, string] => [PAGES[file][0], page(file)])];
}

export function docs(): Plugin {
  return {
    name: "interfuse-docs",
    generateBundle() {
      for (const [name, source] of files()) this.emitFile({ type: "asset", fileName: `docs/${name}`, source });
    },
    configureServer(server) {
      server.middlewares.use("/docs", (request, response, next) => {
        const name = new URL(request.url ?? "/", "http://localhost").pathname.slice(1) || "index.html";
        const found = files().find(([one]) => one === name);
        if (found === undefined) return next();
        response.setHeader("content-type", name.endsWith(".css") ? "text/css" : "text/html;charset=utf-8");
        response.end(found[1]);
      });
    },
  };
}
