import {
  describeHold,
  holdOfTag,
  holdTagValue,
  judgeHolds,
  type Hold,
} from "../../../provider/src/plan/hold.js";

const hold = (id: string, reason = ""): Hold => ({ id, reason });
const on = (...ids: (string | undefined)[]): { hold: Hold | undefined }[] =>
  ids.map((id) => ({ hold: id === undefined ? undefined : hold(id) }));
const none = { resume: undefined, abandon: undefined };

describe("the value of the hold tag", () => {
  test.each([
    ["no reason", hold("run.abc"), "run.abc", ""],
    ["a reason", hold("run.abc", "disk full"), "run.abc disk full", "disk full"],
    [
      "white space and an address",
      hold("r.a", "see\n https://x.test/y"),
      "r.a see https:x.test/y",
      "see https:x.test/y",
    ],
  ])("with %s gives back what it was made of", (_what, given, value, reason) => {
    expect(holdTagValue(given)).toBe(value);
    expect(holdOfTag(value)).toEqual({ id: given.id, reason });
  });

  test("never exceeds what a tag may hold, and never cuts the id or a character", () => {
    const value = holdTagValue(hold("r".repeat(41), "\u{1f600}".repeat(200)));
    expect(Array.from(value).length).toBeLessThanOrEqual(128);
    expect(holdOfTag(value).id).toBe("r".repeat(41));
    expect(Buffer.from(value).toString("utf8")).toBe(value);
  });
});

describe("holds on the invocations of a run", () => {
  test.each([
    ["none at all", on(undefined, undefined), [], none, { kind: "none" }],
    ["one that was released before", on("a"), ["a"], none, { kind: "none" }],
    ["one in force", on("a", undefined), [], none, { kind: "in-force", hold: hold("a") }],
    [
      "one that is resumed",
      on("a", "a"),
      [],
      { ...none, resume: "a" },
      { kind: "resumed", hold: hold("a") },
    ],
    [
      "one that is abandoned",
      on("a"),
      [],
      { ...none, abandon: "a" },
      { kind: "abandoned", hold: hold("a") },
    ],
    [
      "another than the one that is resumed",
      on("a", "b"),
      [],
      { ...none, resume: "a" },
      { kind: "in-force", hold: hold("b") },
    ],
    [
      "one after a released one",
      on("a", "b"),
      ["a"],
      { ...none, resume: "b" },
      { kind: "resumed", hold: hold("b") },
    ],
    [
      "a release of what is not there",
      on(undefined),
      [],
      { ...none, resume: "z" },
      { kind: "none" },
    ],
  ] as const)("%s", (_what, current, released, releases, expected) => {
    expect(judgeHolds(current, released, releases)).toEqual(expected);
  });
});

test("a hold reads with its reason, where it has one", () => {
  expect(describeHold(hold("a"))).toBe("hold a");
  expect(describeHold(hold("a", "b c"))).toBe("hold a: b c");
});
