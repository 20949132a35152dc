import { texts, type DocsText } from "./texts";

/** A document on this page, or a page of its own. Its line in the contents is named as its text. */
interface Entry {
  id: "api" | "console" | "sdk" | "move" | "webhooks" | "import" | "extensions" | "wire" | "rest";
  /** Of the document, from the root of the repository. */
  file?: string;
  href?: string;
}

/** What those who build on a server look for, the most wanted first. */
export const groups: { id: "reference" | "guides" | "protocol"; entries: Entry[] }[] = [
  {
    id: "reference",
    entries: [
      { id: "api", href: "/docs/api" },
      { id: "console", href: "/docs/api#tag-console" },
      { id: "sdk", href: "/docs/sdk/" },
    ],
  },
  {
    id: "guides",
    entries: [
      { id: "move", file: "docs/guides/move-an-app.md" },
      { id: "webhooks", file: "docs/guides/webhooks.md" },
      { id: "import", file: "docs/operations/import-format.md" },
    ],
  },
  {
    id: "protocol",
    entries: [
      { id: "extensions", file: "spec/extensions.md" },
      { id: "wire", file: "spec/wire.md" },
      { id: "rest", file: "spec/rest.md" },
    ],
  },
];

const words = (id: DocsText) => `<span data-text="${id}">${texts.en[id]}</span>`;

export function contentsHtml(): string {
  const lists = groups.map(({ id, entries }) => {
    const lines = entries.map((entry) => {
      const about: DocsText = `${entry.id}About`;
      return `<li><a href="${entry.href ?? `#${entry.id}`}"><b>${words(entry.id)}</b>${words(about)}</a></li>`;
    });
    return `<h2>${words(id)}</h2><ul>${lines.join("")}</ul>`;
  });
  return lists.join("");
}
