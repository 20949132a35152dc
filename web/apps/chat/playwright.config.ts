import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const browser = process.env.CERULEAN_CHROMIUM ?? "/usr/bin/chromium";
if (!existsSync(browser)) throw new Error(`there is no ${browser}: name a Chromium in CERULEAN_CHROMIUM`);

/** Every worker has a server of its own, so that tests run side by side and none sees the users of another. */
export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  fullyParallel: true,
  forbidOnly: process.env.CI === "true",
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    launchOptions: {
      executablePath: browser,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        // A microphone that beeps, for voice messages.
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
      ],
    },
    actionTimeout: 10_000,
    // Recording costs a third of the time; to look into a failure, run it again with `--trace on`.
    trace: "off",
    screenshot: "only-on-failure",
  },
});
