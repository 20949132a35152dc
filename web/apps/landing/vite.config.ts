import { resolve } from "node:path";
import { defineConfig } from "vitest/config";
import { documentPages } from "./documents";

export default defineConfig({
  base: "/",
  plugins: [documentPages()],
  build: {
    target: "es2022",
    assetsDir: "landing",
    rollupOptions: { input: ["index.html", "docs.html", "api.html"].map((page) => resolve(import.meta.dirname, page)) },
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.ts"] },
});
