import { harmless, lastLines, tailText } from "../../../provider/src/result/output.js";
import { redactor, secretValues } from "../../../provider/src/result/redact.js";
import { failureLines } from "../../../provider/src/result/failure-text.js";
import type { Row } from "../../../provider/src/inputs.js";

const bytes = (text: string): Buffer => Buffer.from(text, "utf8");

test("the tail is kept, and no character is cut in half", () => {
  expect(tailText(bytes("abcdef"), 3)).toBe("def");
  expect(tailText(bytes("日本語"), 4)).toBe("語");
  expect(tailText(bytes("日本語"), 6)).toBe("本語");
  expect(tailText(bytes("abc"), 0)).toBe("");
});

test("bytes that are not text become replacement characters, and nothing else is lost", () => {
  const text = tailText(Buffer.from("Y2Fm6QAbWzMxbXJlZBtbMG0K", "base64"), 1024);
  expect(text.startsWith("caf")).toBe(true);
  expect(text).toContain("red");
  expect(JSON.parse(JSON.stringify(text))).toBe(text);
  expect(text).not.toMatch(/[\ud800-\udfff]/);
});

test("what a target printed cannot repaint a terminal, command a runner or end a block", () => {
  const shown = harmless(
    "a\u001b[31mred\u001b[0m\u0000\n::error::x\n##[command]y\n```\nend\r\nq\rz",
  );
  expect(shown).not.toMatch(/[\u0000\u001b\r]/);
  for (const line of shown.split("\n")) {
    expect(line).not.toMatch(/^(::|##\[|```)/);
  }
  expect(shown).toContain("red");
});

test.each([
  ["##[add-matcher]/tmp/a", /##\[/],
  ["##vso[task.setvariable variable=x]y", /##vso\[/],
  ["##teamcity[buildStop]", /##teamcity\[/],
  ["###[command]y", /##\[/],
  ["#\u001b[0m#[command]y", /##\[/],
  ["::error::x", /::error/],
  ["::error file=a.sh,line=1::x", /::error/],
  [":::error::x", /::error/],
  ["::add-mask::x", /::add-mask/],
])("no runner obeys %j, wherever it stands", (order, obeyed) => {
  for (const before of ["", "  ", "\t", "said: ", "1 × Failed, last output: x / ", "\u0001"]) {
    expect(harmless(before + order)).not.toMatch(obeyed);
  }
  const row: Row = { status: "Failed", attempt: 1, exitCode: 3, output: `x\n${order}\n` };
  expect(failureLines([["i-1", row]], true).join("\n")).not.toMatch(obeyed);
});

test.each(["::anything", "  ::anything"])("%j begins no line of a runner's order", (line) => {
  expect(harmless(line)).not.toMatch(/^\s*::/);
});

test.each(["```", "  ```", "````", "~~~", "   ~~~~"])("the fence %j ends no block", (fence) => {
  expect(harmless(fence)).not.toMatch(/^\s*(```|~~~)/);
});

test.each(["std::vector of a::b", "fe80::1", "a ## b [c]", "# [x]", "12::34"])(
  "%j is no order, and stays",
  (text) => {
    expect(harmless(text)).toBe(text);
  },
);

test("the last lines that say something are quoted", () => {
  expect(lastLines("one\n\ntwo\r\nthree\n\n", 2)).toEqual(["two", "three"]);
});

test("a secret is redacted whole and line by line; short values are left alone", () => {
  const redact = redactor(["first-line-1\nsecond-line-2", "1"]);
  expect(redact("x first-line-1\nsecond-line-2 y")).toBe("x [secret] y");
  expect(redact("only second-line-2 here 1")).toBe("only [secret] here 1");
});

test("a secret that the end of a shortened text cuts through is redacted as well", () => {
  const redact = redactor(["/srv/hunter22"]);
  expect(redact("no directory /srv/hunt…")).toBe("no directory [secret]…");
  expect(redact("no directory /srv…")).toBe("no directory /srv…");
  expect(redact("no directory /srv/hunt")).toBe("no directory /srv/hunt");
});

test("secret values are found below their paths", () => {
  const inputs = { parameters: { a: "x", b: { c: ["y", "z"] } } };
  expect(secretValues(inputs, ["parameters.b", "parameters.a"])).toEqual(["y", "z", "x"]);
});

test("failures are grouped by how they ended and the last line", () => {
  const failed = (output: string): Row => ({ status: "Failed", attempt: 1, exitCode: 3, output });
  const lines = failureLines(
    Object.entries({
      "i-1": failed("no file\n"),
      "i-2": failed("no file\n"),
      "i-3": { status: "Aborted", attempt: 1, errorCode: "ClientNotRunning", errorInfo: "down." },
      "i-4": { status: "Success", attempt: 1 },
    }),
    true,
  );
  expect(lines).toEqual([
    "2 × Failed (exit code 3), last output: no file: i-1, i-2",
    "1 × Aborted ClientNotRunning: down.: i-3",
  ]);
});

test("no output is quoted where it may hold a secret", () => {
  const row: Row = { status: "Failed", attempt: 1, exitCode: 3, output: "token=abc" };
  expect(failureLines([["i-1", row]], false)).toEqual(["1 × Failed (exit code 3): i-1"]);
});

test("a thousand different failures are at most twenty lines and a count", () => {
  const rows = Array.from({ length: 1000 }, (_, n): [string, Row] => [
    `i-${n}`,
    { status: "Failed", attempt: 1, exitCode: n % 250, output: `line ${n}` },
  ]);
  const lines = failureLines(rows, true);
  expect(lines).toHaveLength(21);
  expect(lines.at(-1)).toBe("and 980 more, in 980 other ways");
});
