import { fireEvent, render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { HourSpan } from "./HourSpan";

it("says which end was changed and leaves the other, whose change may still be on its way", () => {
  const onChange = vi.fn();
  render(<HourSpan label="Quiet hours" start={22} end={7} testId="span" onChange={onChange} />);
  fireEvent.change(screen.getByTestId("span-start"), { target: { value: "21" } });
  fireEvent.change(screen.getByTestId("span-end"), { target: { value: "6" } });
  expect(onChange.mock.calls).toEqual([[{ start: 21 }], [{ end: 6 }]]);
});
