import type { Field, Operation, Refusal } from "./document";
import type { ApiTexts } from "./texts";

type Child = Node | string;

function element<K extends keyof HTMLElementTagNameMap>(name: K, attributes: Record<string, string> = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A table that scrolls for itself; without a tab stop the keyboard could not reach what is cut off. */
function table(texts: ApiTexts, head: string[], rows: Child[][]): HTMLElement {
  const headRow = element("tr", {}, ...head.map((text) => element("th", { scope: "col" }, text)));
  const body = rows.map((cells) => element("tr", {}, ...cells.map((cell) => element("td", {}, cell))));
  return element(
    "div",
    { class: "table", tabindex: "0", role: "region", "aria-label": texts.table },
    element("table", {}, element("thead", {}, headRow), element("tbody", {}, ...body)),
  );
}

function fieldTable(texts: ApiTexts, fields: Field[], withPlace: boolean): HTMLElement {
  const head = [texts.name, ...(withPlace ? [texts.place] : []), texts.type, texts.meaning];
  const rows = fields.map((field) => {
    const name = element("code", { style: `margin-inline-start: ${field.depth * 1.25}rem` }, field.name);
    const place = field.place === "path" ? texts.path : texts.query;
    const meaning = field.isRequired && field.place !== "answer" ? `${texts.required}. ${field.meaning}` : field.meaning;
    return [name, ...(withPlace ? [place] : []), field.type, meaning.trim()];
  });
  return table(texts, head, rows);
}

function refusalTable(texts: ApiTexts, refusals: Refusal[]): HTMLElement {
  const rows = refusals.map((refusal) => [element("code", {}, refusal.code), refusal.status, refusal.meaning]);
  return table(texts, [texts.code, texts.status, texts.meaning], rows);
}

function example(texts: ApiTexts, value: unknown): HTMLElement[] {
  if (value === undefined) return [];
  return [element("pre", { tabindex: "0", "aria-label": texts.example }, element("code", {}, JSON.stringify(value, null, 2)))];
}

function section(title: string, ...children: HTMLElement[]): HTMLElement[] {
  return children.length === 0 ? [] : [element("h4", {}, title), ...children];
}

function details(texts: ApiTexts, operation: Operation): HTMLElement[] {
  const table = (fields: Field[], withPlace = false) => (fields.length > 0 ? [fieldTable(texts, fields, withPlace)] : []);
  return [
    ...(operation.note ? [element("p", {}, operation.note)] : []),
    element("p", {}, `${texts.access}: ${texts[operation.access]}`),
    ...section(texts.parameters, ...table(operation.parameters, true)),
    ...section(texts.body, ...table(operation.body), ...example(texts, operation.bodyExample)),
    ...section(texts.answer, ...table(operation.answer), ...example(texts, operation.answerExample)),
    ...section(texts.refusals, ...(operation.refusals.length > 0 ? [refusalTable(texts, operation.refusals)] : [])),
  ];
}

/** One operation: a line that opens. What is inside is made when it opens, for there are many. */
function operationView(texts: ApiTexts, operation: Operation): HTMLElement {
  const line = element(
    "summary",
    {},
    element("span", { class: "method", "data-method": operation.method }, operation.method),
    element("code", {}, operation.path),
    element("span", { class: "what" }, operation.summary),
  );
  const view = element("details", { id: operation.id, class: "operation" }, line);
  view.addEventListener("toggle", () => {
    if (view.open && view.children.length === 1) view.append(...details(texts, operation));
  });
  return view;
}

/** All operations under their tags. */
export function operationsView(texts: ApiTexts, operations: Operation[]): HTMLElement[] {
  if (operations.length === 0) return [element("p", {}, texts.nothing)];
  const tags = [...new Set(operations.map((operation) => operation.tag))];
  return tags.map((tag) => {
    const inside = operations.filter((operation) => operation.tag === tag).map((operation) => operationView(texts, operation));
    return element("section", { "aria-labelledby": `tag-${tag}` }, element("h2", { id: `tag-${tag}` }, tag), ...inside);
  });
}
