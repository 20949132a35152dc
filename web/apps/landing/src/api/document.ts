/** The parts of an OpenAPI document that the page shows. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  allOf?: Schema[];
  oneOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
}

interface Content {
  schema?: Schema;
  example?: unknown;
  examples?: Record<string, { $ref?: string; summary?: string; value?: unknown }>;
}

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema: Schema;
}

interface RawOperation {
  tags?: string[];
  summary?: string;
  description?: string;
  operationId: string;
  security?: Record<string, unknown>[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, Content> };
  responses: Record<string, { description?: string; content?: Record<string, Content> }>;
}

export interface ApiDocument {
  info: { title: string; version: string; description: string };
  paths: Record<string, Record<string, RawOperation>>;
  components: { schemas: Record<string, Schema>; examples: Record<string, { summary?: string; value?: unknown }> };
}

export type Access = "open" | "app" | "token" | "admin";

export interface Field {
  name: string;
  place: string;
  type: string;
  isRequired: boolean;
  meaning: string;
  depth: number;
}

export interface Refusal {
  status: string;
  code: string;
  meaning: string;
}

export interface Operation {
  id: string;
  method: string;
  path: string;
  tag: string;
  summary: string;
  note: string;
  access: Access;
  parameters: Field[];
  body: Field[];
  bodyExample: unknown;
  answer: Field[];
  answerExample: unknown;
  refusals: Refusal[];
}

const depthLimit = 4;

function resolve(document: ApiDocument, schema: Schema): Schema {
  const name = schema.$ref?.split("/").pop();
  const found = name === undefined ? undefined : document.components.schemas[name];
  return found ? resolve(document, found) : schema;
}

/** The name of a type, as people say it: `integer`, `string?`, `integer[]`. */
export function typeName(document: ApiDocument, schema: Schema): string {
  const real = resolve(document, schema);
  const types = Array.isArray(real.type) ? real.type : real.type ? [real.type] : [];
  const [first] = types.filter((type) => type !== "null");
  const optional = types.includes("null") ? "?" : "";
  if (first === "array") return `${real.items ? typeName(document, real.items) : "any"}[]${optional}`;
  if (first) return first + optional;
  const choice = real.oneOf?.find((one) => one.type !== "null");
  if (choice) return `${typeName(document, choice)}?`;
  return real.allOf ? "object" : "any";
}

/** The fields of an object or of the items of a list, those inside them below. */
export function fieldsOf(document: ApiDocument, schema: Schema, place: string, depth = 0): Field[] {
  const real = resolve(document, schema);
  if (depth > depthLimit) return [];
  if (real.items) return fieldsOf(document, real.items, place, depth);
  const parts = [...(real.allOf ?? []), ...(real.oneOf ?? []).filter((one) => one.type !== "null")];
  const inherited = parts.flatMap((part) => fieldsOf(document, part, place, depth));
  const own = Object.entries(real.properties ?? {}).flatMap(([name, field]) => [
    {
      name,
      place,
      type: typeName(document, field),
      isRequired: real.required?.includes(name) ?? false,
      meaning: field.description ?? resolve(document, field).description ?? "",
      depth,
    },
    ...fieldsOf(document, field, place, depth + 1),
  ]);
  return [...inherited, ...own];
}

function accessOf(security: Record<string, unknown>[] | undefined): Access {
  const asks = (scheme: string) => security?.some((one) => scheme in one) ?? false;
  if (asks("act_as_user")) return "token";
  if (asks("access_token")) return "admin";
  return asks("app_id") ? "app" : "open";
}

/** The schema of the success where success and refusals share a status. */
function successOf(schema: Schema | undefined): Schema | undefined {
  const first = schema?.oneOf?.[0];
  return first && schema.oneOf?.some((one) => one.allOf?.some((part) => part.$ref?.endsWith("/Refusal"))) ? first : schema;
}

function refusalsOf(document: ApiDocument, operation: RawOperation): Refusal[] {
  return Object.entries(operation.responses).flatMap(([status, response]) =>
    Object.values(response.content ?? {}).flatMap((content) =>
      Object.entries(content.examples ?? {})
        .filter(([code]) => code !== "success")
        .map(([code, example]) => {
          const name = example.$ref?.split("/").pop() ?? "";
          return { status, code, meaning: document.components.examples[name]?.summary ?? example.summary ?? "" };
        }),
    ),
  );
}

function readOperation(document: ApiDocument, path: string, method: string, raw: RawOperation): Operation {
  const body = Object.values(raw.requestBody?.content ?? {})[0];
  const success = Object.entries(raw.responses).find(([status]) => status.startsWith("2"))?.[1];
  const content = Object.values(success?.content ?? {})[0];
  const answer = successOf(content?.schema);
  return {
    id: raw.operationId,
    method: method.toUpperCase(),
    path,
    tag: raw.tags?.[0] ?? "",
    summary: raw.summary ?? "",
    note: raw.description ?? "",
    access: accessOf(raw.security),
    parameters: (raw.parameters ?? []).map((one) => ({
      name: one.name,
      place: one.in,
      type: typeName(document, one.schema),
      isRequired: one.required ?? false,
      meaning: one.description ?? "",
      depth: 0,
    })),
    body: body?.schema ? fieldsOf(document, body.schema, "body") : [],
    bodyExample: body?.example,
    answer: answer ? fieldsOf(document, answer, "answer").filter((field, index, all) => field.depth > 0 || all.findLastIndex((one) => one.depth === 0 && one.name === field.name) === index) : [],
    answerExample: content?.examples?.["success"]?.value,
    refusals: refusalsOf(document, raw),
  };
}

/** All operations, by tag and path. */
export function readOperations(document: ApiDocument): Operation[] {
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, raw]) => readOperation(document, path, method, raw)),
  );
  return all.sort((one, other) => one.tag.localeCompare(other.tag) || one.path.localeCompare(other.path) || one.method.localeCompare(other.method));
}

/** Those that have every word somewhere: in path, method, summary or tag. */
export function search(operations: Operation[], words: string): Operation[] {
  const wanted = words.toLowerCase().split(/\s+/u).filter(Boolean);
  return operations.filter((operation) => {
    const text = `${operation.method} ${operation.path} ${operation.summary} ${operation.tag}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}
