import { render } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { RichText } from "./RichText";

const marked = (text: string, names: string[]) =>
  [...render(<RichText text={text} mentioned={names} />).container.querySelectorAll(".mention")].map((one) => one.textContent);

describe("RichText", () => {
  it("marks mentions, also names with spaces and signs", () => {
    expect(marked("hi @Heron (Ann) and @所有人！", ["Heron (Ann)"])).toEqual(["@Heron (Ann)", "@所有人"]);
  });

  it("marks nothing in a message without mentions, and leaves addresses whole", () => {
    const { container } = render(<RichText text="a@b.example https://x.example/@me" />);
    expect(container.querySelector(".mention")).toBeNull();
    expect(container.querySelector("a")).toHaveAttribute("href", "https://x.example/@me");
  });
});
