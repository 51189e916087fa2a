import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Emulator } from "cloud-assistant-emulator";
import { nodeHash } from "../../provider/src/client/node-hash.js";
import { refresh, rowsOf, startVirtual, stateOf, up, type UpEnd } from "../support/lifecycle.js";

// The first test of a file loads the SDK, which a busy machine takes its time for.
jest.setTimeout(30_000);

let emulator: Emulator;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "debug-"));
});
afterEach(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true, force: true });
});

type Line = {
  readonly kind: "request" | "answer";
  readonly action: string;
  readonly call: number;
  readonly try: number;
  readonly parameters: Record<string, unknown>;
  readonly answer: Record<string, unknown>;
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly requestId: string;
  readonly durationMs: number;
};
const file = (): string => path.join(folder, "debug.jsonl");
const text = (): string => readFileSync(file(), "utf8");
const read = (): Line[] =>
  text()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
const env = (): Record<string, string> => ({ CLOUD_ASSISTANT_DEBUG: file() });
const inputs = {
  script: { content: "echo {{who}}\n" },
  parameters: { who: "world" },
  targets: { instanceIds: ["i-1"] },
};
const one = [{ instanceId: "i-1" }];

test("each request and its answer is a line, with what the service logs of it", async () => {
  emulator = await startVirtual({ instances: one });
  await up(emulator, undefined, inputs, { env: env() });
  const asked = emulator.requests.list();
  const requests = read().filter((line) => line.kind === "request");
  const answers = read().filter((line) => line.kind === "answer");
  expect(requests.map((line) => line.action)).toEqual(asked.map((entry) => entry.action));
  expect(answers.map((line) => line.requestId).sort()).toEqual(
    asked.map((entry) => entry.requestId).sort(),
  );
  expect(answers.every((line) => line.status === 200 && line.durationMs >= 0)).toBe(true);
  expect(new Set(requests.map((line) => line.call)).size).toBe(requests.length);
  expect(answers.map((line) => line.call).sort()).toEqual(requests.map((line) => line.call).sort());
});

test("the content is a hash and a length, other parameters are as they are", async () => {
  emulator = await startVirtual({ instances: one });
  await up(emulator, undefined, inputs, { env: env() });
  const run = read().find((line) => line.action === "RunCommand");
  const { content } = inputs.script;
  expect(run!.parameters).toMatchObject({
    commandContent: { sha256: nodeHash.sha256(content), bytes: content.length },
    parameters: { who: "world" },
    instanceId: ["i-1"],
    type: "RunShellScript",
  });
  const kept = stateOf((await up(emulator, undefined, inputs)).kept);
  expect(run!.parameters.commandContent).toMatchObject({ sha256: kept.commandContentHash });
  expect(text()).not.toContain(Buffer.from(content).toString("base64"));
});

test("no key, no signature and no output is in it, and only its owner may read it", async () => {
  emulator = await startVirtual({
    instances: [
      {
        instanceId: "i-1",
        behaviour: { outcome: { kind: "finish", exitCode: 0, output: "printed-by-the-target\n" } },
      },
    ],
  });
  await up(emulator, undefined, inputs, { env: env() });
  expect(text()).not.toContain(emulator.accessKeySecret);
  expect(text()).not.toContain(emulator.accessKeyId);
  expect(text()).not.toMatch(/signature/i);
  expect(text()).not.toContain(Buffer.from("printed-by-the-target\n").toString("base64"));
  expect(statSync(file()).mode & 0o077).toBe(0);
});

test("every try has its lines, and a lost answer is seen as such", async () => {
  emulator = await startVirtual({ instances: one });
  emulator.faults.add({
    match: { action: "RunCommand" },
    effect: { kind: "dropAfterCommit" },
    times: 1,
  });
  emulator.faults.add({
    match: { action: "RunCommand", nth: 2 },
    effect: { kind: "error", status: 400, code: "Throttling.User", message: "Slow down." },
  });
  const { failure } = await up(emulator, undefined, inputs, { env: env() });
  expect(failure).toBeUndefined();
  const answers = read().filter((line) => line.action === "RunCommand" && line.kind === "answer");
  expect(answers.map((line) => line.try)).toEqual([1, 2, 3]);
  expect(answers[0]!.status).toBeUndefined();
  expect(answers[1]).toMatchObject({ status: 400, code: "Throttling.User", message: "Slow down." });
  expect(answers[2]).toMatchObject({ status: 200, answer: { invokeId: expect.any(String) } });
});

test("a long list in an answer is cut, and the line still parses", async () => {
  const instances = Array.from({ length: 40 }, (_, n) => ({ instanceId: `i-${n + 1}` }));
  emulator = await startVirtual({ instances });
  const targets = { instanceIds: instances.map((seed) => seed.instanceId) };
  await up(emulator, undefined, { ...inputs, targets }, { env: env() });
  const run = read().find((line) => line.action === "RunCommand");
  expect(run!.parameters.instanceId).toHaveLength(40);
  const look = read().find(
    (line) =>
      line.action === "DescribeInvocations" &&
      line.kind === "answer" &&
      JSON.stringify(line.answer).includes("Success"),
  );
  expect(JSON.stringify(look!.answer)).toContain('"and 20 more"');
});

test("the name of a Windows password is a name, and stays", async () => {
  emulator = await startVirtual({ instances: [{ instanceId: "i-1", osType: "windows" }] });
  const windows = {
    ...inputs,
    script: { content: "echo {{who}}\r\n", type: "RunBatScript" },
    username: "bob",
    windowsPasswordName: "bobs-password-name",
    parameters: { who: "bobs-password-name" },
    secretInputs: ["parameters.who"],
  };
  await up(emulator, undefined, windows, { env: env() });
  const run = read().find((line) => line.action === "RunCommand");
  expect(run!.parameters).toMatchObject({
    windowsPasswordName: "bobs-password-name",
    parameters: { who: "[secret]" },
  });
});

/** Field case se-2: a secret of many lines, and a secret that is "1". */
describe("a secret of many lines and a secret that is a single digit", () => {
  const sa = Buffer.from(
    "ewogICJjbGllbnQiOiAiZmMtY2FuYXJ5LWxpbmUtYS05ZjIiLAogICJrZXkiOiAiZmMtY2FuYXJ5LWxpbmUtYi05ZjIiCn0=",
    "base64",
  ).toString("utf8");
  const script = Buffer.from(
    "Y2F0ID4mMiA8PCdFT0ZfOWYyJwp7e3NhfX0KRU9GXzlmMgplY2hvICJmbGFnPXt7ZmxhZ319IgpleGl0IDMK",
    "base64",
  ).toString("utf8");
  const ids = Array.from({ length: 11 }, (_, n) => `i-fc1se2-${String(n + 1).padStart(2, "0")}1`);
  const canaries = /fc-canary-line-[ab]-9f2/;
  const given = {
    script: { content: script },
    parameters: { sa, flag: "1" },
    secretInputs: ["parameters.sa", "parameters.flag"],
    targets: { instanceIds: ids },
  };
  const events = (): string => path.join(folder, "events.jsonl");
  const both = (): Record<string, string> => ({ ...env(), CLOUD_ASSISTANT_EVENTS: events() });
  const everything = (end: UpEnd): string =>
    [
      text(),
      readFileSync(events(), "utf8"),
      ...end.lines,
      end.failure?.message ?? "",
      ...(end.failure?.reasons ?? []),
      JSON.stringify(rowsOf(end.kept)),
    ].join("\n");

  test("nothing of the first is in the clear anywhere, and nothing is torn by the second", async () => {
    emulator = await startVirtual({
      backend: "exec",
      instances: ids.map((instanceId) => ({ instanceId })),
    });
    const end = await up(emulator, undefined, given, { env: both() });
    // The emulator really printed it.
    const [invokeId] = stateOf(end.kept).invocationIds;
    const printed = emulator.output(invokeId!, ids[0]!)!.outputBase64;
    expect(Buffer.from(printed, "base64").toString("utf8")).toMatch(canaries);

    expect(everything(end)).not.toMatch(canaries);
    const rows = rowsOf(end.kept);
    expect(Object.keys(rows)).toEqual(ids);
    for (const row of Object.values(rows)) {
      expect(row).toMatchObject({ status: "Failed", exitCode: 3 });
      expect(row.output).toContain("flag=1");
      expect(Date.parse(row.finishedAt!)).not.toBeNaN();
    }
    expect(end.failure!.message).toContain("11 failed");
    for (const id of ids) expect(end.failure!.message).toContain(id);
    expect(stateOf(end.kept).summary).toMatchObject({ members: 11, failed: 11 });
    const lines = readFileSync(events(), "utf8").trimEnd().split("\n");
    const named = lines
      .map((line) => JSON.parse(line) as { event: string; instanceId?: string })
      .filter((line) => line.event === "row")
      .map((line) => line.instanceId);
    expect([...named].sort()).toEqual(ids);
    const run = read().find((line) => line.action === "RunCommand");
    expect(run!.parameters).toMatchObject({
      parameters: { sa: "[secret]", flag: "[secret]" },
      instanceId: ids,
    });
    const refreshed = await refresh(emulator, end.kept!);
    expect(JSON.stringify(rowsOf(refreshed))).not.toMatch(canaries);
  });

  test("a lost connection quotes the request's address, and still nothing of it is shown", async () => {
    emulator = await startVirtual({ instances: ids.map((instanceId) => ({ instanceId })) });
    emulator.faults.add({ match: { action: "RunCommand" }, effect: { kind: "dropBeforeCommit" } });
    const end = await up(
      emulator,
      undefined,
      { ...given, deadline: { create: 30 } },
      { env: both() },
    );
    expect(end.failure!.message).toContain("RunCommand got no answer in time");
    const said = [end.failure!.message, ...end.lines, text(), readFileSync(events(), "utf8")].join(
      "\n",
    );
    expect(said).not.toMatch(canaries);
    expect(said).not.toContain("Parameters=");
    const tries = read().filter((line) => line.action === "RunCommand" && line.kind === "answer");
    expect(tries.length).toBeGreaterThan(2);
    // The address is there, so it was quoted; its query is not.
    expect(tries[0]!.message).toMatch(/http:\/\/127\.0\.0\.1:\d+\/\?…/);
  });
});

test("of a secret script neither this log nor the events have a hash that could be guessed at", async () => {
  emulator = await startVirtual({ instances: one });
  const events = path.join(folder, "events.jsonl");
  const secret = { ...inputs, secretInputs: ["script.content"] };
  await up(emulator, undefined, secret, { env: { ...env(), CLOUD_ASSISTANT_EVENTS: events } });
  const run = read().find((line) => line.action === "RunCommand");
  expect(run!.parameters.commandContent).toEqual({ bytes: inputs.script.content.length });
  const plain = nodeHash.sha256(inputs.script.content);
  expect(text() + readFileSync(events, "utf8")).not.toContain(plain);
});

test("a printed line has no known secret in it", async () => {
  emulator = await startVirtual({ instances: one });
  const { lines } = await up(emulator, undefined, {
    script: { content: "echo {{.hunter-22}}\n" },
    targets: inputs.targets,
    workingDir: "hunter-22",
    secretInputs: ["workingDir"],
  });
  expect(lines.join("\n")).toContain("{{.[secret]}}");
  expect(lines.join("\n")).not.toContain("hunter-22");
});
