import { defineConfig } from "@playwright/test";
import messenger from "../../apps/chat/playwright.config";

/** The quick start and the examples, each against a real server; browser and limits are those of the messenger. */
export default defineConfig({ ...messenger, testDir: "e2e", outputDir: "test-results" });
