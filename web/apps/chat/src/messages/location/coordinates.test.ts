import { describe, expect, it } from "vitest";
import { formatCoordinates, mapUrl, parseCoordinate } from "./coordinates";

describe("coordinates", () => {
  it("are shown with their hemispheres", () => {
    expect(formatCoordinates(31.2304, 121.4737)).toBe("31.23040° N, 121.47370° E");
    expect(formatCoordinates(-33.5, -70.25)).toBe("33.50000° S, 70.25000° W");
  });

  it("lead to a map", () => {
    expect(mapUrl(31.2304, 121.4737)).toBe("https://www.openstreetmap.org/?mlat=31.23040&mlon=121.47370#map=16/31.23040/121.47370");
  });

  it("are taken within their limits only", () => {
    expect(parseCoordinate(" -90 ", 90)).toBe(-90);
    expect(parseCoordinate("121,5", 180)).toBe(121.5);
    for (const text of ["", "90.1", "north", "Infinity", "1e9"]) expect(parseCoordinate(text, 90)).toBeUndefined();
  });
});
