import fc from "fast-check";
import {
  builtInNames,
  parameterNames,
  placeholderProblem,
  substitute,
} from "../../../emulator/src/control/substitute.js";

const fill = (text: string, values: Record<string, string>) =>
  substitute(Buffer.from(text, "utf8"), values).toString("utf8");

test.each(["$&", "$$", "$1", "$`", "$'", "a$b&c$1d$`e$'f^g%PATH%h\\i\"j", "{{other}}", "{{v}}"])(
  "the value %s arrives as it is written",
  (value) => {
    expect(fill("<{{v}}>", { v: value, other: "no" })).toBe(`<${value}>`);
  },
);

test.each([
  ["names in any case", "{{NAME}}", { name: "x" }, "x"],
  ["keys in any case", "{{name}}", { NAME: "x" }, "x"],
  ["blanks and line breaks inside", "{{ \n name\t}}", { name: "x" }, "x"],
  ["the same name twice", "{{a}}{{a}}", { a: "x" }, "xx"],
  ["a value that is missing", "[{{dir}}/cache]", {}, "[/cache]"],
  ["a value that is empty", "[{{dir}}/cache]", { dir: "" }, "[/cache]"],
  ["built-ins", "{{ACS::InstanceId}}", { ACS: "x" }, "{{ACS::InstanceId}}"],
  ["the parameter store", "{{oos:a.b}} {{oos-secret:c}}", {}, "{{oos:a.b}} {{oos-secret:c}}"],
  ["braces of others", "{{.Names}} {{ a b }}", {}, "{{.Names}} {{ a b }}"],
  ["a third brace", "{{{a}}}", { a: "x" }, "{x}"],
  ["text beyond ASCII", "日{{a}}本", { a: "é" }, "日é本"],
])("%s", (_what, text, values, result) => {
  expect(fill(text, values as Record<string, string>)).toBe(result);
});

test("content that is not UTF-8 passes unharmed", () => {
  const bytes = Buffer.from([0x63, 0xe9, 0x00, 0xff]);
  const filled = substitute(Buffer.concat([bytes, Buffer.from("{{a}}")]), { a: "é" });
  expect(filled).toEqual(Buffer.concat([bytes, Buffer.from("é", "utf8")]));
});

test("any value at all arrives between its neighbours", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (value) => {
      expect(fill("a{{v}}b{{v}}c", { v: value })).toBe(`a${value}b${value}c`);
    }),
  );
});

test("names are found once, in order, and only legal ones", () => {
  expect(parameterNames(Buffer.from("{{b}} {{ a-1 }} {{B}} {{ACS::X}} {{.c}}"))).toEqual([
    "b",
    "a-1",
  ]);
});

test.each([
  ["{{a}} {{ACS::InstanceId}} {{ ACS :: RegionId }} {{oos:x}} {{oos-secret:y.z}}", undefined],
  ["no braces at all", undefined],
  ["{ {a} }", undefined],
  ["{{}}", "empty"],
  ["{{  }}", "empty"],
  ["{{a b}}", "illegal"],
  ["{{acs::InstanceId}}", "illegal"],
  ["{{a.b}}", "illegal"],
  [`{{${"a".repeat(65)}}}`, "too-long"],
])("%s is %s", (text, problem) => {
  expect(placeholderProblem(Buffer.from(text))).toBe(problem);
});

test("built-ins are named without what is around them", () => {
  expect(builtInNames(Buffer.from("{{ACS::InstanceId}} {{ ACS :: InvokeId }} {{acs::X}}"))).toEqual(
    ["InstanceId", "InvokeId"],
  );
});
