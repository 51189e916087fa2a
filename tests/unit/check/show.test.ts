import { formatProblem } from "../../../provider/src/check/index.js";
import { quote, show } from "../../../provider/src/check/show.js";
import { unknown } from "../../../provider/src/unknown.js";

describe("A given value in a message", () => {
  test.each([
    ["plain", '"plain"'],
    ["a\nb\tc\0d", '"a\\nb\\tc\\u0000d"'],
    ["\u001b[2Jgone\u009b", '"\\u001b[2Jgone\\u009b"'],
    ["\u202egnp.exe\u2028\ufeff", '"\\u202egnp.exe\\u2028\\ufeff"'],
    ["\ud83d", '"\\ud83d"'],
    [5, "5"],
    [false, "false"],
    [undefined, "nothing"],
    [null, "nothing"],
    [unknown, "(not known yet)"],
    [["a", unknown, null], '["a", (not known yet), nothing]'],
    [{ a: { b: [1] }, "c\n": "" }, '{ "a": { "b": [1] }, "c\\n": "" }'],
    [{}, "{}"],
  ])("%p is shown as %s", (value, shown) => {
    expect(show(value, "x", [])).toBe(shown);
  });

  test("is cut to eighty characters, and the rest is counted", () => {
    expect(quote("日".repeat(100))).toBe(`"${"日".repeat(79)}… (22 more characters)`);
  });

  test("is cut between characters, not inside one", () => {
    expect(quote("\u{1F600}".repeat(100))).toBe(`"${"\u{1F600}".repeat(79)}… (22 more characters)`);
  });
});

describe("A problem", () => {
  test("is one line, its path first", () => {
    expect(
      formatProblem({
        property: "timeout",
        path: "timeout",
        wrong: "is below 10",
        given: "9",
        allowed: "10 or more",
        todo: "write 10",
      }),
    ).toBe("timeout: is below 10. Given: 9. Allowed: 10 or more. What to do: write 10.");
  });
});
