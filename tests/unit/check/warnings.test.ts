import { check, refusals, warnings } from "./support/inputs.js";

const bytes = (base64: string): string => Buffer.from(base64, "base64").toString("utf8");

const crlf =
  "script.content: has CRLF line ends. A shell takes the CR as part of the line, so commands and " +
  "the interpreter behind #! are not found. It is sent as it is; save the file with LF.";
const bom =
  "script.content: begins with a byte order mark (BOM). A shell takes it as part of the first " +
  "word, so the first line fails. It is sent as it is; save the file as UTF-8 without BOM.";
const shebang =
  "script.content: has #! behind other lines or blanks. Only as the first two bytes it chooses " +
  "the interpreter; so it is a comment, and sh runs the script. Begin the script with #!.";

describe("A script that a shell will trip over", () => {
  test.each([
    ["CRLF with an interpreter", bytes("IyEvYmluL2Jhc2gNCnNldCAtZQ0KZWNobyBoZWxsbw0KZXhpdCAwDQo=")],
    ["CRLF without one", bytes("c2V0IC1lDQppZiBbIC1kIC90bXAgXTsgdGhlbg0KICBlY2hvIHRoZXJlDQpmaQ0K")],
  ])("with %s: one warning, and the content stays as it is", (_name, content) => {
    const { inputs, warnings: found } = check({ script: { content } });
    expect(found).toEqual([crlf]);
    expect(inputs?.script?.content).toBe(content);
  });

  test("with a BOM: one warning, also when #! follows", () => {
    expect(warnings({ script: { content: "\ufeff#!/bin/bash\necho\n" } })).toEqual([bom]);
  });

  test.each(["\n#!/bin/bash\n", "  #!/bin/sh\n", "# by ops\n\n#!/usr/bin/env python3\n"])(
    "with #! that is not first (%j): one warning",
    (content) => {
      expect(warnings({ script: { content } })).toEqual([shebang]);
    },
  );

  test.each([
    "#!/bin/bash\necho\n",
    "cat > /tmp/x <<'E'\n#!/bin/sh\nE\n",
    "# a comment\necho 1\n#!/bin/sh\n",
    "#!/bin/sh\n#!/bin/bash\n",
  ])("%j has nothing to warn of", (content) => {
    expect(warnings({ script: { content } })).toEqual([]);
  });

  test.each(["RunPowerShellScript", "RunBatScript"])("%s may have any of it", (type) => {
    expect(warnings({ script: { content: "\ufeff\r\n#!/bin/bash\r\nver\r\n", type } })).toEqual([]);
  });

  test("a type that is not a known one is refused, not warned of", () => {
    expect(warnings({ script: { content: "a\r\n", type: "bash" } })).toEqual([]);
  });
});

describe("Other warnings", () => {
  test("braces of a template leave parameters off, and a line says so", () => {
    const content = "docker ps --format '{{.Names}} {{.ID}}'\n";
    expect(warnings({ script: { content } })).toEqual([
      'script.content: "{{.Names}}" is no placeholder. Parameters stay off and it is sent as it is.',
    ]);
    expect(warnings({ script: { content }, enableParameter: false })).toEqual([]);
  });

  test("a built-in value that no machine fills in", () => {
    expect(warnings({ script: { content: "echo {{ACS::Instance}} {{ACS::RegionId}}\n" } })).toEqual(
      [
        'script.content: "{{ACS::Instance}}" is not known: the machine will refuse it. Known are ' +
          "RegionId, AccountId, InstanceId, InstanceName, InvokeId, CommandId.",
      ],
    );
  });

  test("a secret parameter is kept by the service, and the other way is named", () => {
    const change = { script: { content: "{{key}}" }, parameters: { key: "x" } };
    expect(warnings(change)).toEqual([]);
    expect(warnings({ ...change, secretInputs: ["parameters.key"] })).toEqual([
      "parameters: a secret value stays readable in the service's own record for 30 days, for all " +
        "who may read the account's invocations. {{oos-secret:name}} in the content is read on " +
        "the machine instead.",
    ]);
  });

  test("a user and a directory that a container ignores", () => {
    expect(
      warnings({ container: { name: "web" }, username: "deploy", workingDir: "/srv" }),
    ).toEqual([
      "username: has no effect in a container: the container's own default is used.",
      "workingDir: has no effect in a container: the container's own default is used.",
    ]);
  });

  test("a membership without a selection, and more output than the service keeps", () => {
    const targets = { instanceIds: ["i-a1"], membership: "track" };
    expect(refusals({ targets, output: { maxBytesPerTarget: 30_000 } })).toEqual([]);
    expect(warnings({ targets, output: { maxBytesPerTarget: 30_000 } })).toEqual([
      "targets.membership: has no effect: it concerns selected machines only.",
      "output.maxBytesPerTarget: the service itself keeps 24576 bytes of an output.",
    ]);
  });
});
