import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "/",
  build: { target: "es2022", assetsDir: "landing" },
  test: { environment: "happy-dom", include: ["src/**/*.test.ts"] },
});
