import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { marked } from "marked";
import type { Plugin } from "vite";
import { contentsHtml, groups } from "./src/docs/contents";

function article(id: string, file: string): string {
  const text = readFileSync(resolve(import.meta.dirname, "../../..", file), "utf8");
  return `<article id="${id}">${scrolling(marked.parse(text, { async: false }))}</article>`;
}

/** Wide tables scroll for themselves; without a tab stop the keyboard could not reach what is cut off. They are no landmarks, being many. */
function scrolling(html: string): string {
  const tables = html.replaceAll("<table>", '<div class="table" tabindex="0" role="group" aria-label="Table"><table>').replaceAll("</table>", "</table></div>").replaceAll("<th></th>", "<td></td>");
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
        const documents = groups.flatMap(({ entries }) => entries).map(({ id, file }) => (file ? article(id, file) : ""));
        return html.replace("<!-- contents -->", contentsHtml).replace("<!-- documents -->", () => documents.join("")).replace("<!-- guide -->", guide);
      },
    },
  };
}
