import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig(({ mode }) => ({
  base: "/chat/",
  plugins: [react()],
  resolve: {
    alias: {
      "@cerulean/sdk": at("../../packages/sdk/src/index.ts"),
      "@cerulean/mock-api": at("../../packages/mock-api/src/index.ts"),
      // The mock never gets into a production bundle: only `--mode mock` puts it in place of the real connector.
      "#connector": mode === "mock" ? at("../../packages/mock-api/src/connector.ts") : at("src/client/connector.ts"),
    },
  },
  build: {
    target: "es2022",
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "react", test: /node_modules\/(react|react-dom|scheduler)\// },
            { name: "sdk", test: /packages\/sdk|node_modules\/(@bufbuild|@noble|idb)\// },
          ],
        },
      },
    },
  },
  test: {
    environment: "happy-dom",
    setupFiles: ["src/test/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    css: false,
    testTimeout: 20_000,
  },
}));
