import { describe, expect, it } from "vitest";
import { chosenMentions, findMentionQuery, insertMention, matchCandidates } from "./mentions";

const heron = { userId: 3, name: "Heron" };
const everyone = { userId: 0, name: "everyone" };

describe("mentions", () => {
  it("open at the start, after a space and after Chinese text, but not inside an address", () => {
    expect(findMentionQuery("@he", 3)).toEqual({ start: 0, query: "he" });
    expect(findMentionQuery("hi @", 4)).toEqual({ start: 3, query: "" });
    expect(findMentionQuery("你好@蓝", 4)).toEqual({ start: 2, query: "蓝" });
    expect(findMentionQuery("a@b", 3)).toBeNull();
  });

  it("put the name in place of what was typed", () => {
    expect(insertMention("hi @he!", 6, { start: 3, query: "he" }, "Heron")).toEqual({ text: "hi @Heron !", caret: 10 });
  });

  it("match without regard to case", () => {
    expect(matchCandidates([heron, everyone], "HER")).toEqual([heron]);
  });

  it("count only while the name is still in the text", () => {
    expect(chosenMentions("hello", [heron])).toBeUndefined();
    expect(chosenMentions("@Heron and @everyone", [heron, heron, everyone])).toEqual({ all: true, userIds: [3] });
  });
});
