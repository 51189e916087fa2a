import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { INSTANCE, temporaryFolder, textOf } from "./support/bench.js";
import { eachIsolation } from "./support/each-isolation.js";
import { isolationsHere } from "./support/isolations.js";
import { toWire } from "./support/other-process.js";
import { taskWith } from "./support/tasks.js";

jest.setTimeout(60_000);

/** Troubles that people really met; the inputs are given in Base64 to be exact to the byte. */
const bytes = (text: string): Buffer => Buffer.from(text, "base64");

eachIsolation("field cases", (bench) => {
  test("sb-2: a script with CRLF and a shebang fails as the kernel and the shell have it", async () => {
    const script = bytes("IyEvYmluL2Jhc2gNCnNldCAtZQ0KZWNobyBoZWxsbw0KZXhpdCAwDQo=");
    const report = await bench().run(script);
    expect(report).toMatchObject({ kind: "finish", exitCode: 127 });
    expect(textOf(report)).toMatch(/^sh: 1: \S+\.iv1\.sh: not found\n$/);
  });

  test("sb-2: without a shebang the carriage return reaches the shell", async () => {
    const script = bytes("c2V0IC1lDQppZiBbIC1kIC90bXAgXTsgdGhlbg0KICBlY2hvIHRoZXJlDQpmaQ0K");
    const report = await bench().run(script);
    expect(report).toMatchObject({ kind: "finish", exitCode: 2 });
    expect(textOf(report)).toMatch(/^\S+\.iv1\.sh: 1: set: Illegal option -\r\n$/);
  });

  test("pa-2: a value's bytes arrive as they were filled in", async () => {
    const value = bytes("YSQkYiQmYyQxZCRgZSQnZl5nJVBBVEglaFxpImo=").toString();
    const template = bytes(
      "Y2F0IDw8J0VPRl85ZjInIHwgb2QgLUFuIC12IC10eDEgfCB0ciAtZCAnIFxuJwp7e3Z9fQpFT0ZfOWYyCg==",
    );
    const filled = template.toString().split("{{v}}").join(value);
    const report = await bench().run(filled, { enableParameter: true });
    expect(report).toMatchObject({ kind: "finish", exitCode: 0 });
    expect(textOf(report)).toBe("612424622426632431642460652427665e67255041544825685c69226a0a");
  });

  test("ou-2: a program that asks finds nobody, and no terminal", async () => {
    const report = await bench().run(ASKS, { timeoutSeconds: 20 });
    expect(report).toMatchObject({ kind: "finish", exitCode: 0 });
    expect(textOf(report)).toMatch(/^cat=0\nread=1 x=\[\]\ntty=[1-9]\d*\n$/);
    if (report.kind === "finish") expect(report.finishedAt - report.startedAt).toBeLessThan(2_000);
  });

  test("ou-3: bytes that are no text pass through", async () => {
    const script = bytes("cHJpbnRmICdjYWZcMzUxXDAwMFwwMzNbMzFtcmVkXDAzM1swbVxuJzsgZXhpdCAzCg==");
    const report = await bench().run(script);
    expect(report).toMatchObject({ kind: "finish", exitCode: 3, dropped: 0 });
    expect(report).toMatchObject({ output: bytes("Y2Fm6QAbWzMxbXJlZBtbMG0K") });
  });

  test("bo-2: a script that asks for a reboot gets one, after its own result", async () => {
    const script = bytes(
      "bT0iJEhPTUUvZmMtYm8yLm1hcmsiCmlmIFsgLWUgIiRtIiBdOyB0aGVuIGVjaG8gc2Vjb25kOyBleGl0IDA7IGZpCjogPiAiJG0iOyBlY2hvIGZpcnN0OyBleGl0IDE5NAo=",
    );
    const first = await bench().run(script);
    expect(first).toMatchObject({ kind: "finish", exitCode: 194 });
    expect(textOf(first)).toBe("first\n");
    const wish = await bench().until(() => bench().power[0]);
    expect(wish).toEqual({ instanceId: INSTANCE, action: "reboot" });
    await bench().backend.stop(INSTANCE);
    bench().boot(INSTANCE, { bootId: "boot-2" });
    const second = await bench().run(script);
    expect(second).toMatchObject({ kind: "finish", exitCode: 0 });
    expect(textOf(second)).toBe("second\n");
    expect(bench().power).toHaveLength(1);
  });
});

const ASKS = bytes(
  "Y2F0OyBlY2hvICJjYXQ9JD8iOyByZWFkIC1yIHg7IGVjaG8gInJlYWQ9JD8geD1bJHhdIjsgKGVjaG8gdHR5ID4gL2Rldi90dHkpIDI+L2Rldi9udWxsOyBlY2hvICJ0dHk9JD8iCg==",
);

// `script` gives the emulator a terminal, as a developer's shell does.
const hasTerminal = spawnSync("script", ["--version"]).status === 0;
const inTerminal = hasTerminal ? test : test.skip;

inTerminal.each(isolationsHere())(
  "ou-2: started from a terminal, an emulator's commands do not reach it, %s",
  (isolation) => {
    const folder = temporaryFolder();
    const program = join(__dirname, "support", "one-command.cjs");
    const task = Buffer.from(JSON.stringify(toWire(taskWith(ASKS)))).toString("base64");
    const command = [process.execPath, program, folder.path, isolation, task].join(" ");
    const shown = spawnSync("script", ["-qec", command, "/dev/null"], { encoding: "utf8" });
    folder.remove();
    expect(shown.stdout).toMatch(/^cat=0\r?\nread=1 x=\[\]\r?\ntty=[1-9]\d*\r?\n$/);
  },
);
