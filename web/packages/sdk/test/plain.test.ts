import { describe, expect, it } from "vitest";
import { plainText } from "../src/index.js";

describe("plainText", () => {
  it.each([
    ["# Title\n\n**bold** and *thin* and ~~gone~~", "Title\nbold and thin and gone"],
    ["- one\n- [x] two\n> said", "one\ntwo\nsaid"],
    ["see [the map](https://x.example/a) or ![a hut](https://x.example/b.png)", "see the map or a hut"],
    ["run `make all`:\n```sh\nmake\n```", "run make all:\nmake"],
    ["2 * 3 * 4 and snake_case_name and **half", "2 * 3 * 4 and snake_case_name and **half"],
    ["__init__ stays a _word_", "init stays a word"],
  ])("%j", (markdown, plain) => expect(plainText(markdown)).toBe(plain));
});
