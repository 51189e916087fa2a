import { noSecretInScript } from "../../policy/src/rules/no-secret-in-script.js";
import { commandType } from "../../provider/src/names.js";
import { evaluate, notKnown } from "./support/evaluate.js";

const canary = "C4n4ry!Marten88";
const withSecret = `#!/bin/sh\nexport PGPASSWORD='${canary}'\npsql -h db -c 'select 1'\n`;
const inText = (place: string): string =>
  `${place}: a password or a key is written out, or it looks like that. Write a parameter there ` +
  "({{name}}) and give its value as a secret: parameters: { name: " +
  'config.requireSecret("name") }. Or let the machine look it up: {{oos-secret:name}}.';
const inParameter = (name: string): string =>
  `parameters.${name}: the value looks like a secret and is not marked as one. Take it from ` +
  `config.requireSecret("${name}") or wrap it in pulumi.secret(…); or let the machine look it up: ` +
  "{{oos-secret:name}} in the script.";

function violations(props: object, type?: string): readonly string[] {
  return evaluate(noSecretInScript, { props, ...(type && { type }) }).violations;
}

describe("no-secret-in-script", () => {
  test("lets a script pass that takes its password from a parameter", () => {
    const content = "PGPASSWORD={{password}} psql -h db -c 'select 1'\n";
    const parameters = { password: canary };
    const secretInputs = ["parameters.password"];
    expect(violations({ script: { content }, parameters, secretInputs })).toEqual([]);
    expect(violations({ script: { content }, parameters, secretInputs: ["parameters"] })).toEqual(
      [],
    );
  });

  test("stops a script that has the password in it, and names the line", () => {
    expect(violations({ script: { content: withSecret } })).toEqual([
      inText("script.content, line 2"),
    ]);
  });

  test("stops it also when the program marked the script as secret", () => {
    const props = { script: { content: withSecret }, secretInputs: ["script.content"] };
    expect(violations(props)).toEqual([inText("script.content, line 2")]);
  });

  test("looks into a saved command, and into what the plan says of one that has only an id", () => {
    expect(violations({ content: withSecret }, commandType)).toEqual([inText("content, line 2")]);
    const plan = { command: { content: withSecret } };
    expect(violations({ commandId: "c-hz01", plan })).toEqual([
      inText("the content of the saved command, line 2"),
    ]);
    expect(violations({ command: { commandId: "c-hz01" }, plan })).toEqual([]);
  });

  test("stops a parameter that looks like a secret and is not marked", () => {
    const script = { content: "x {{password}} {{url}} {{note}}" };
    const parameters = {
      password: canary,
      url: `https://ci:${canary}@files.internal`,
      note: "hello",
    };
    expect(violations({ script, parameters, secretInputs: ["parameters.url"] })).toEqual([
      inParameter("password"),
    ]);
    expect(violations({ script, parameters })).toEqual([
      inParameter("password"),
      inParameter("url"),
    ]);
  });

  test.each(["", "{{oos-secret:db}}", "/run/secrets/db", "<password>"])(
    "lets a parameter pass whose value is %j",
    (password) => {
      expect(violations({ script: { content: "x" }, parameters: { password } })).toEqual([]);
    },
  );

  test("names many lines in one sentence", () => {
    const content = Array.from(
      { length: 7 },
      (_, i) => `P${String(i)}_TOKEN=a${String(i)}b2c3d4e5`,
    );
    expect(violations({ script: { content: content.join("\n") } })[0]).toMatch(
      /^script\.content, lines 1, 2, 3, 4, 5 and 2 more: a password or a key are written out/,
    );
  });

  test("judges what is known, and does not decide about the rest", () => {
    const outcome = evaluate(noSecretInScript, {
      props: { script: { content: notKnown }, parameters: { a: notKnown, password: canary } },
    });
    expect(outcome.violations).toEqual([inParameter("password")]);
    expect(outcome.undecided).toContain("script.content");
    const whole = evaluate(noSecretInScript, { props: { script: notKnown } });
    expect(whole.violations).toEqual([]);
    expect(whole.undecided).toContain("script");
  });

  test("never shows the secret", () => {
    const found = violations({
      script: { content: withSecret },
      parameters: { password: canary, token: canary },
      launcher: `sshpass -p '${canary}' ssh host`,
    });
    expect(found).toHaveLength(4);
    expect(found.join()).not.toContain("C4n4ry");
  });

  test("leaves alone what is allowed by name, and other resources", () => {
    const props = { script: { content: withSecret } };
    expect(evaluate(noSecretInScript, { props, config: { allow: ["swee*"] } }).violations).toEqual(
      [],
    );
    expect(violations(props, "alicloud:ecs/instance:Instance")).toEqual([]);
  });
});
