import {
  enableParameterByDefault,
  encodedLength,
  hasPlaceholder,
  parametersOf,
  utf8Length,
} from "../../../provider/src/check/index.js";

const nothing = { custom: [], builtIn: [], stored: [], illegal: [] };

describe("What stands in double braces", () => {
  test.each([
    ["plain", {}],
    ["{{name}} {{Name}} {{ NAME\n}}", { custom: ["name"] }],
    ["{{b}}{{a-1_x}}", { custom: ["a-1_x", "b"] }],
    ["{{ACS::InstanceId}}{{ ACS :: RegionId }}", { builtIn: ["ACS::InstanceId", "ACS::RegionId"] }],
    ["{{acs::InstanceId}}", { illegal: ["{{acs::InstanceId}}"] }],
    ["{{oos:a.b}}{{oos-secret: db-pw }}", { stored: ["oos:a.b", "oos-secret:db-pw"] }],
    ["{{oos}}", { custom: ["oos"] }],
    ["{{oos-secret:}}", { illegal: ["{{oos-secret:}}"] }],
    ["{{.Names}}{{ user.name }}{{}}", { illegal: ["{{.Names}}", "{{ user.name }}", "{{}}"] }],
    [`{{${"n".repeat(64)}}}`, { custom: ["n".repeat(64)] }],
    [`{{${"n".repeat(65)}}}`, { illegal: [`{{${"n".repeat(65)}}}`] }],
    ["{{{name}}}", { custom: ["name"] }],
    ["{{ unclosed", {}],
    ['{"a":{"b":{"c":1}}}', {}],
    ["${{ secrets.KEY }}", { illegal: ["{{ secrets.KEY }}"] }],
    ["{{a b}}", { illegal: ["{{a b}}"] }],
  ])("%j", (content, expected) => {
    expect(parametersOf(content)).toEqual({ ...nothing, ...expected });
  });

  test.each([
    ["echo", false, false],
    ["echo", true, true],
    ["{{a}}", false, true],
    ["{{ACS::InvokeId}}", false, true],
    ["{{oos:a}}", false, true],
    ["{{.Names}}", false, false],
  ])("%j with values given: %p turns parameters on: %p", (content, given, on) => {
    const found = parametersOf(content);
    expect(enableParameterByDefault(found, given)).toBe(on);
    if (!given) expect(hasPlaceholder(found)).toBe(on);
  });
});

describe("Sizes", () => {
  test.each(["", "a", "ab", "abc", "é", "日本", "\u{1F600}x", "\0\r\n"])(
    "of %j are those of its UTF-8 and its Base64",
    (text) => {
      const bytes = Buffer.from(text, "utf8");
      expect(utf8Length(text)).toBe(bytes.length);
      expect(encodedLength(text)).toBe(bytes.toString("base64").length);
    },
  );
});
