import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { Markdown } from "./Markdown";

const show = (text: string) => render(<Markdown text={text} />).container;

describe("Markdown", () => {
  it("draws headings, lists, tables and code", () => {
    const view = show("# Title\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```");
    expect(screen.getByRole("heading", { name: "Title" })).toBeInTheDocument();
    expect(view.querySelectorAll("li")).toHaveLength(2);
    expect(view.querySelectorAll("td")).toHaveLength(2);
    expect(view.querySelector("pre")).toHaveTextContent("code");
  });

  it("never builds what raw HTML asks for", () => {
    const view = show('<script>alert(1)</script><img src=x onerror=alert(1)><iframe src="https://x.example"></iframe>\n\n<b onclick="x()">bold</b> text');
    expect(view.querySelector("script, img, iframe, b, [onclick], [onerror]")).toBeNull();
    expect(view).toHaveTextContent("text");
  });

  it("shows raw HTML as the text it is", () => {
    expect(show("Use a <div> around List<String>")).toHaveTextContent("Use a <div> around List<String>");
    expect(show("before\n\n<table>\n<td>cell</td>\n</table>\n\nafter").textContent).toContain("<td>cell</td>");
    expect(show("> <p>quoted</p>\n\n- <b>item</b> <!-- note -->")).toHaveTextContent("<p>quoted</p> <b>item</b> <!-- note -->");
  });

  it("keeps safe links only, and fetches no pictures", () => {
    const view = show(
      "[a](javascript:alert(1)) [b](data:text/html,x) [c](#top) [d](https://d.example) [e](mailto:e@e.example) ![f](https://f.example/f.png) [g](JaVaScRiPt:alert(1))",
    );
    expect([...view.querySelectorAll("a")].map((one) => one.getAttribute("href"))).toEqual([
      "https://d.example",
      "mailto:e@e.example",
      "https://f.example/f.png",
    ]);
    expect(view.querySelector("img")).toBeNull();
    for (const one of view.querySelectorAll("a")) expect(one).toHaveAttribute("rel", "noopener noreferrer nofollow");
  });

  it("copies code", async () => {
    const user = userEvent.setup();
    const write = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
    show("```js\nconst a = 1;\n```");
    await user.click(screen.getByTestId("copy-code"));
    expect(write).toHaveBeenCalledWith("const a = 1;\n");
  });

  it("bears pieces that end in the middle", () => {
    for (const text of ["**bo", "```js\ncon", "[link](htt", "| a | b |\n|--", "<scr", "# "]) expect(() => show(text)).not.toThrow();
  });
});
