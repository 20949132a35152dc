const digits = 5;

export function formatCoordinates(latitude: number, longitude: number): string {
  const part = (value: number, positive: string, negative: string) => `${Math.abs(value).toFixed(digits)}° ${value < 0 ? negative : positive}`;
  return `${part(latitude, "N", "S")}, ${part(longitude, "E", "W")}`;
}

export function mapUrl(latitude: number, longitude: number): string {
  const [lat, lon] = [latitude.toFixed(digits), longitude.toFixed(digits)];
  return `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lon}#map=16/${lat}/${lon}`;
}

/** A typed coordinate within its limits; undefined for anything else. */
export function parseCoordinate(text: string, limit: 90 | 180): number | undefined {
  const value = Number(text.trim().replace(",", "."));
  return text.trim() !== "" && Number.isFinite(value) && Math.abs(value) <= limit ? value : undefined;
}
