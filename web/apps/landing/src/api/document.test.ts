import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readOperations, search, type ApiDocument } from "./document";
import { texts } from "./texts";
import { operationsView } from "./view";

const document_ = JSON.parse(readFileSync(`${process.cwd()}/../../../spec/openapi.json`, "utf8")) as ApiDocument;
const operations = readOperations(document_);
const page = readFileSync(`${process.cwd()}/api.html`, "utf8").replace(/<link[^>]*>|<script[^>]*><\/script>/gu, "");

function operation(id: string) {
  const found = operations.find((one) => one.id === id);
  if (!found) throw new Error(`no operation ${id}`);
  return found;
}

describe("operations", () => {
  it("are all of the document, with a summary and a tag each", () => {
    const count = Object.values(document_.paths).flatMap((methods) => Object.keys(methods)).length;
    expect(operations).toHaveLength(count);
    expect(operations.filter((one) => !one.summary || !one.tag)).toEqual([]);
  });

  it("tell what goes in, what comes out and what is refused", () => {
    const ban = operation("post_group_ban");
    expect(ban.access).toBe("token");
    expect(ban.body.find((field) => field.name === "user_list")).toMatchObject({ type: "integer[]", isRequired: true });
    expect(ban.answer.map((field) => field.name)).toEqual(expect.arrayContaining(["data", "result", "reason"]));
    expect(ban.refusals).toContainEqual({ status: "200", code: "20012", meaning: "needs group admin" });
    expect(operation("get_client_v1_conversations").refusals.map((one) => one.status)).toContain("401");
  });

  it("are found by words in any order", () => {
    expect(search(operations, "BAN group post").map((one) => one.id)).toContain("post_group_ban");
    expect(search(operations, "no such thing")).toEqual([]);
    expect(search(operations, "")).toHaveLength(operations.length);
  });
});

describe("view", () => {
  it("opens an operation with all that is known of it", async () => {
    document.body.replaceChildren(...operationsView(texts.en, [operation("post_group_ban")]));
    const details = document.querySelector("details") as HTMLDetailsElement;
    details.open = true;
    details.dispatchEvent(new Event("toggle"));
    expect(details.textContent).toContain("duration");
    expect(details.querySelectorAll(".table[tabindex]").length).toBeGreaterThan(1);
  });

  it("says what to do when nothing is found", () => {
    document.body.replaceChildren(...operationsView(texts["zh-CN"], []));
    expect(document.body.textContent).toContain("group/ban");
  });
});

describe("texts", () => {
  it("have the same keys in both languages, and stand in the page in English", () => {
    expect(Object.keys(texts["zh-CN"])).toEqual(Object.keys(texts.en));
    const english: Record<string, string> = texts.en;
    for (const element of new DOMParser().parseFromString(page, "text/html").querySelectorAll<HTMLElement>("[data-text]"))
      expect(element.textContent?.trim()).toBe(english[element.dataset.text ?? ""]);
  });
});
