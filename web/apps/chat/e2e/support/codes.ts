import { expect } from "@playwright/test";
import type { World } from "./test";

/** Changes settings of the app, and answers what reads the code that was sent last; the server keeps letters where it has no carrier. */
export async function codes(world: World, settings: Record<string, boolean>): Promise<() => Promise<string>> {
  const admin = async (method: string, path: string, body?: unknown) => {
    const headers = { app_id: world.server.signIns.app, "access-token": world.server.signIns.admin_token, "content-type": "application/json" };
    const answer = await fetch(`${world.server.url}/console/v1${path}`, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
    expect(answer.ok).toBe(true);
    return (await answer.json()) as { items: { content: string }[] };
  };
  await admin("PATCH", "/app/settings", settings);
  let known = 0;
  return async () => {
    await expect.poll(async () => (await admin("GET", "/outbox")).items.length).toBeGreaterThan(known);
    const { items } = await admin("GET", "/outbox");
    known = items.length;
    return /\d{6}/u.exec(items[0]?.content ?? "")?.[0] ?? "";
  };
}
