/**
 * Troubles that people really met, told as what a user does and what must be seen. The names are
 * those of the collection of cases; the ones about targets, faults and pages stand in
 * targets.test.ts, those about reboots in rollout.test.ts, about output in output.test.ts.
 */
import type { Emulator } from "cloud-assistant-emulator";
import { fleet, idOf, idsOf } from "../support/fleet.js";
import {
  launchActions,
  launches,
  mutatingCalls,
  rowsOf,
  startVirtual,
  stateOf,
  up,
  type CheckFailed,
} from "../support/lifecycle.js";
import { otherClient } from "../support/timed.js";

jest.setTimeout(60_000);

let emulator: Emulator;
afterEach(() => emulator.close());

const text = (base64: string): string => Buffer.from(base64, "base64").toString("utf8");
const sent = (): Record<string, string>[] =>
  emulator.requests.list({ action: launchActions }).map(({ params }) => ({ ...params }));

/** What check refuses; an up that is not refused fails the test. */
async function refused(inputs: Record<string, unknown>): Promise<readonly string[]> {
  const reason = await up(emulator, undefined, inputs).then(
    () => {
      throw new Error("nothing was refused");
    },
    (failure: unknown) => failure as CheckFailed,
  );
  return reason.reasons;
}

const one = { instanceIds: [idOf(1)] };

describe("sb-2: a script with CRLF line ends", () => {
  test("(a) the preview warns once, the bytes are sent as they are, and the shell says what it says", async () => {
    const content = text("IyEvYmluL2Jhc2gNCnNldCAtZQ0KZWNobyBoZWxsbw0KZXhpdCAwDQo=");
    emulator = await startVirtual({ backend: "exec", instances: fleet(1) });
    const { kept, lines } = await up(emulator, undefined, { script: { content }, targets: one });
    expect(lines.filter((line) => line.includes("CRLF"))).toHaveLength(1);
    expect(text(sent()[0]!.CommandContent!)).toBe(content);
    const row = rowsOf(kept)[idOf(1)]!;
    expect(row).toMatchObject({ status: "Failed", exitCode: 127 });
    expect(row.output).toMatch(/^sh: 1: \S+: not found\n$/);
  });

  test("(b) a carriage return in the output does not wipe the line that quotes it", async () => {
    const content = text("c2V0IC1lDQppZiBbIC1kIC90bXAgXTsgdGhlbg0KICBlY2hvIHRoZXJlDQpmaQ0K");
    emulator = await startVirtual({ backend: "exec", instances: fleet(1) });
    const { kept, failure, lines } = await up(emulator, undefined, {
      script: { content },
      targets: one,
    });
    expect(lines.filter((line) => line.includes("CRLF"))).toHaveLength(1);
    const row = rowsOf(kept)[idOf(1)]!;
    expect(row).toMatchObject({ status: "Failed", exitCode: 2 });
    expect(row.output).toMatch(/^\S+: 1: set: Illegal option -\r\n$/);
    expect(failure?.message).toContain("set: Illegal option -");
    expect(failure?.message).not.toContain("\r");
  });

  test("(c) for PowerShell nothing is said, and the bytes are the same, without a mark at their beginning", async () => {
    const content = text("IyEvYmluL2Jhc2gNCnNldCAtZQ0KZWNobyBoZWxsbw0KZXhpdCAwDQo=");
    emulator = await startVirtual({ instances: fleet(1, { 1: { osType: "windows" } }) });
    const { lines } = await up(emulator, undefined, {
      script: { content, type: "RunPowerShellScript" },
      targets: one,
    });
    expect(lines.join("\n")).not.toContain("CRLF");
    expect(Buffer.from(sent()[0]!.CommandContent!, "base64")).toEqual(Buffer.from(content));
  });
});

describe("sb-4: an Output printed into the script", () => {
  const printed =
    "Calling [toString] on an [Output<T>] is not supported.\n\nTo get the value of an Output<T> " +
    "as an Output<string> consider either:\n1: o.apply(v => `prefix${v}suffix`)";

  test("each place is named by its path, all at once, and nothing is called", async () => {
    emulator = await startVirtual({ instances: fleet(1) });
    const reasons = await refused({
      script: { content: `login --key=${printed}\n` },
      parameters: { key: printed },
      workingDir: printed,
      targets: { instanceIds: [printed] },
    });
    const said = reasons.filter((reason) => /pulumi\.interpolate/.test(reason));
    for (const path of [
      "script.content",
      "parameters.key",
      "workingDir",
      "targets.instanceIds[0]",
    ]) {
      expect(said.some((reason) => reason.startsWith(path))).toBe(true);
    }
    expect(mutatingCalls(emulator)).toEqual([]);
  });

  test("a script that merely mentions toString runs", async () => {
    emulator = await startVirtual({ instances: fleet(1) });
    const content = "echo 'calls toString on an Output<T>'\n";
    const { failure } = await up(emulator, undefined, { script: { content }, targets: one });
    expect(failure).toBeUndefined();
  });
});

describe("sb-5: the size limit counts encoded bytes, not characters", () => {
  const content = (n: number): string => `echo '${"日".repeat(n)}'\n`;

  test("24,576 bytes after Base64 are accepted and run", async () => {
    emulator = await startVirtual({ backend: "exec", instances: fleet(1) });
    const { kept } = await up(emulator, undefined, {
      script: { content: content(6_141) },
      targets: one,
      output: { capture: "none" },
    });
    expect(sent()[0]!.CommandContent).toHaveLength(24_576);
    expect(stateOf(kept).status).toBe("Success");
  });

  test("four more are refused in check, with path, encoded size and limit", async () => {
    emulator = await startVirtual({ instances: fleet(1) });
    const reasons = await refused({ script: { content: content(6_142) }, targets: one });
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toContain("script.content");
    expect(reasons[0]).toMatch(/24,?580/);
    expect(reasons[0]).toMatch(/24,?576/);
    expect(mutatingCalls(emulator)).toEqual([]);
  });

  test("a refusal by the service does not quote the encoded script", async () => {
    emulator = await startVirtual({ instances: fleet(1), limits: { contentBytes: 100 } });
    const long = `echo ${"x".repeat(200)}\n`;
    const { failure } = await up(emulator, undefined, { script: { content: long }, targets: one });
    expect(failure?.message).toContain("CmdContent.ExceedLimit");
    expect(failure?.message).not.toContain(Buffer.from(long).toString("base64").slice(20, 60));
  });
});

test("pa-2: $&, $$, ^ and % in a value arrive as they are", async () => {
  const content = text(
    "Y2F0IDw8J0VPRl85ZjInIHwgb2QgLUFuIC12IC10eDEgfCB0ciAtZCAnIFxuJwp7e3Z9fQpFT0ZfOWYyCg==",
  );
  const v = text("YSQkYiQmYyQxZCRgZSQnZl5nJVBBVEglaFxpImo=");
  emulator = await startVirtual({ backend: "exec", instances: fleet(1) });
  const { kept } = await up(emulator, undefined, {
    script: { content },
    parameters: { v },
    targets: one,
  });
  expect(rowsOf(kept)[idOf(1)]).toMatchObject({
    status: "Success",
    output: "612424622426632431642460652427665e67255041544825685c69226a0a",
  });
  expect(JSON.parse(sent()[0]!.Parameters!)).toEqual({ v });
});

describe("pa-4: a parameter without a value is empty, and the path begins with it", () => {
  const content = text("cHJpbnRmICJbJXNdXG4iICJ7e2Rpcn19L2NhY2hlIgo=");

  test("(a) a script without the value is refused in check, naming it", async () => {
    emulator = await startVirtual({ instances: fleet(1) });
    const reasons = await refused({ script: { content }, targets: one });
    expect(reasons.join("\n")).toContain("dir");
    expect(launches(emulator)).toEqual([]);
  });

  test("(b) emptiness that is written runs", async () => {
    emulator = await startVirtual({ backend: "exec", instances: fleet(1) });
    const { kept } = await up(emulator, undefined, {
      script: { content },
      parameters: { dir: "" },
      targets: one,
    });
    expect(rowsOf(kept)[idOf(1)]!.output).toBe("[/cache]\n");
    expect(sent()[0]!.Parameters).toBe('{"dir":""}');
  });

  test("(d) a saved command of somebody else, whose content is not in the program, is refused as well", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const saved = await otherClient(emulator, "CreateCommand", {
      name: "clean",
      type: "RunShellScript",
      commandContent: Buffer.from(content).toString("base64"),
      contentEncoding: "Base64",
      enableParameter: true,
      clientToken: "clean",
    });
    const reasons = await refused({ commandId: saved.commandId, targets: one });
    expect(reasons.join("\n")).toContain("dir");
    expect(launches(emulator)).toEqual([]);
    const given = { commandId: saved.commandId, parameters: { dir: "/var" } };
    const { kept } = await up(emulator, undefined, {
      ...given,
      targets: { instanceIds: idsOf(1, 2) },
    });
    expect(stateOf(kept).status).toBe("Success");
    expect(sent()[0]!.CommandId).toBe(saved.commandId);
  });
});
