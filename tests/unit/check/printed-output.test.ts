import { refusals } from "./support/inputs.js";

/** What @pulumi/pulumi 3.248.0 gives for an Output in a template string. */
const printed = `Calling [toString] on an [Output<T>] is not supported.

To get the value of an Output<T> as an Output<string> consider either:
1: o.apply(v => \`prefix\${v}suffix\`)
2: pulumi.interpolate \`prefix\${v}suffix\``;

const message = (path: string): string =>
  `${path}: holds the help text of the Pulumi SDK in place of a value. ` +
  'Given: a text with "Calling [toString] on an [Output<T>]". ' +
  "Allowed: text that was made when the value was known. " +
  "What to do: write pulumi.interpolate`…` instead of `…`, or build the text inside .apply(value => …).";

describe("An Output that was printed into a text", () => {
  test("is named at every place at once, by its path", () => {
    const found = refusals({
      script: { content: `login --key=${printed} {{key}}\n`, type: "RunShellScript" },
      parameters: { key: printed },
      workingDir: printed,
      targets: { instanceIds: [printed], tags: { env: `x-${printed}` } },
      triggers: [{ deep: [printed] }],
    });
    for (const path of [
      "script.content",
      "parameters.key",
      "workingDir",
      "targets.instanceIds[0]",
      "targets.tags.env",
      "triggers[0].deep[0]",
    ]) {
      expect(found).toContain(message(path));
    }
  });

  test("is found as a name too, and without its text in the path", () => {
    expect(refusals({ tags: { [printed.slice(0, 60)]: "1" } })).toContain(
      message('tags["(an Output)"]'),
    );
  });

  test("is found in what JSON.stringify makes of an Output", () => {
    const json = JSON.stringify({
      a: "Calling [toJSON] on an [Output<T>] is not supported.\n\nTo",
    });
    expect(refusals({ script: { content: `echo '${json}'\n` } })).toEqual([
      message("script.content"),
    ]);
  });

  test.each(["o.toString()", "Calling [toString] is fine", "an [Output<T>]"])(
    "is not suspected in a script that mentions %s",
    (text) => {
      expect(refusals({ script: { content: `# ${text}\nuptime\n` } })).toEqual([]);
    },
  );
});
