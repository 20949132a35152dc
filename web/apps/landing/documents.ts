import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { marked } from "marked";
import type { Plugin } from "vite";

const documents = [
  { id: "rest", title: "REST API", file: "spec/rest.md" },
  { id: "wire", title: "Wire protocol", file: "spec/wire.md" },
  { id: "webhooks", title: "Webhooks", file: "docs/guides/webhooks.md" },
  { id: "import", title: "Import", file: "docs/operations/import-format.md" },
  { id: "extensions", title: "Extensions", file: "spec/extensions.md" },
];

function article(id: string, file: string): string {
  const text = readFileSync(resolve(import.meta.dirname, "../../..", file), "utf8");
  return `<article id="${id}">${scrolling(marked.parse(text, { async: false }))}</article>`;
}

/** Wide tables scroll for themselves; without a tab stop the keyboard could not reach what is cut off. */
function scrolling(html: string): string {
  const tables = html.replaceAll("<table>", '<div class="table" tabindex="0" role="region" aria-label="Table"><table>').replaceAll("</table>", "</table></div>");
  return tables.replaceAll("<pre>", '<pre tabindex="0">');
}

/** What the OpenAPI document says of all operations. */
function guide(): string {
  const text = readFileSync(resolve(import.meta.dirname, "../../../spec/openapi.json"), "utf8");
  const { info } = JSON.parse(text) as { info: { description: string } };
  return scrolling(marked.parse(info.description, { async: false }));
}

/** Writes what those who build on a server need to read into `docs.html` when the pages are built. */
export function documentPages(): Plugin {
  return {
    name: "documents",
    transformIndexHtml: {
      order: "pre",
      handler(html) {
        const contents = documents.map(({ id, title }) => `<a href="#${id}">${title}</a>`).join("") + '<a href="/docs/api">API reference</a><a href="/docs/sdk/">SDK reference</a>';
        const articles = documents.map(({ id, file }) => article(id, file)).join("");
        return html.replace("<!-- contents -->", () => contents).replace("<!-- documents -->", () => articles).replace("<!-- guide -->", guide);
      },
    },
  };
}
