import { makeMessage } from "@cerulean/mock-api";
import { fireEvent, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { renderSignedIn } from "../../test/render";
import { Viewer } from "./Viewer";

const image = (mid: number) =>
  makeMessage({ mid, xid: 1, from: 1003, kind: "image", attachment: { url: `/file/${mid}`, name: `${mid}.png`, size: 1 } });

function show(startId: string) {
  const onClose = vi.fn();
  renderSignedIn(<Viewer images={[image(1), image(2), image(3)]} startId={startId} nameOf={() => "Heron"} onClose={onClose} />);
  const viewer = screen.getByTestId("lightbox");
  return { viewer, onClose, press: (key: string) => fireEvent.keyDown(viewer, { key }), picture: () => viewer.querySelector("img")! };
}

describe("Viewer", () => {
  it("begins with the chosen picture and pages with the arrow keys", () => {
    const { viewer, press, picture } = show("m2");
    expect(viewer).toHaveTextContent("2 of 3");
    press("ArrowRight");
    expect(picture()).toHaveAttribute("alt", "3.png");
    press("ArrowRight");
    expect(viewer).toHaveTextContent("3 of 3");
    press("Home");
    expect(viewer).toHaveTextContent("1 of 3");
    expect(screen.queryByTestId("viewer-previous")).toBeNull();
  });

  it("does not load a picture of another server while paging", () => {
    const foreign = { ...image(2), attachment: { url: "https://tracker.example/2.png", name: "2.png", size: 1 } };
    renderSignedIn(<Viewer images={[image(1), foreign]} startId="m1" nameOf={() => "Heron"} onClose={() => {}} />);
    const viewer = screen.getByTestId("lightbox");
    fireEvent.keyDown(viewer, { key: "ArrowRight" });
    expect(viewer.querySelector("img")).toBeNull();
    fireEvent.click(screen.getByTestId("load-foreign"));
    expect(viewer.querySelector("img")).toHaveAttribute("src", "https://tracker.example/2.png");
  });

  it("zooms within limits, turns both ways, and starts anew with the next picture", () => {
    const { viewer, press, picture } = show("m1");
    for (let count = 0; count < 20; count += 1) press("+");
    expect(viewer).toHaveTextContent("800%");
    press("r");
    press("R");
    press("R");
    expect(picture().style.transform).toContain("rotate(-90deg)");
    press("0");
    expect(picture().style.transform).toBe("translate(0px, 0px) rotate(0deg) scale(1)");
    press("-");
    press("ArrowRight");
    expect(viewer).toHaveTextContent("100%");
  });
});
