import { resolve } from "node:path";
import { defineConfig } from "vite";

/** The page to try it on, and the one file that sites include. */
export default defineConfig({
  base: "./",
  build: {
    rolldownOptions: {
      input: { page: resolve(import.meta.dirname, "index.html"), widget: resolve(import.meta.dirname, "src/entry.js") },
      output: { entryFileNames: "[name].js", codeSplitting: { groups: [] } },
    },
  },
});
