import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "../../../apps/chat/e2e/support/test";
import { FreshProject, sdkFolder } from "../test/support/packed";

test("the quick start of the README runs as it stands, on the packed package", ({ server }) => {
  const readme = readFileSync(join(sdkFolder, "README.md"), "utf8");
  const code = /```js quick-start\n(?<code>[\s\S]+?)```/u.exec(readme)?.groups?.["code"] ?? "";
  expect(code.trim().split("\n").length).toBeLessThanOrEqual(25);
  const project = new FreshProject({ isBuilt: true });
  try {
    project.write("quick-start.mjs", code);
    const said = project.run(process.execPath, ["quick-start.mjs"], { CERULEAN_URL: server.url });
    expect(said).toMatch(/^user \d+ says: hello\n$/u);
  } finally {
    project.remove();
  }
});
