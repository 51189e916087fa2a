import type { Emulator } from "cloud-assistant-emulator";
import { does, exits, fleet, idOf, idsOf, script, tagged } from "../support/fleet.js";
import {
  launches,
  refresh,
  rowsOf,
  startVirtual,
  stateOf,
  up,
  type Kept,
} from "../support/lifecycle.js";

jest.setTimeout(60_000);

let emulator: Emulator;
afterEach(() => emulator.close());

const results = (): number =>
  emulator.requests.list({ action: "DescribeInvocationResults" }).length;

describe("capture", () => {
  const machines = (): ReturnType<typeof fleet> =>
    fleet(3, { 1: exits(0, "fine\n"), 2: exits(3, "broken\n"), 3: exits(0) });

  test("all is the default: every target that printed something keeps its tail", async () => {
    emulator = await startVirtual({ instances: machines() });
    const { kept } = await up(emulator, undefined, { script, targets: tagged });
    expect(rowsOf(kept)[idOf(1)]!.output).toBe("fine\n");
    expect(rowsOf(kept)[idOf(2)]!.output).toBe("broken\n");
    expect(rowsOf(kept)[idOf(3)]).not.toHaveProperty("output");
    expect(results()).toBe(1);
  });

  test("failed keeps what failing targets printed, and reads nothing where none failed", async () => {
    emulator = await startVirtual({ instances: machines() });
    const output = { capture: "failed" };
    const { kept, failure } = await up(emulator, undefined, { script, targets: tagged, output });
    expect(rowsOf(kept)[idOf(1)]).not.toHaveProperty("output");
    expect(rowsOf(kept)[idOf(2)]!.output).toBe("broken\n");
    expect(failure?.message).toContain("last output: broken");
    emulator.requests.clear();
    await up(emulator, undefined, {
      script,
      targets: { instanceIds: [idOf(1)] },
      output,
      name: "fine",
    });
    expect(results()).toBe(0);
  });

  test("none reads and keeps nothing", async () => {
    emulator = await startVirtual({ instances: machines() });
    const output = { capture: "none" };
    const { kept } = await up(emulator, undefined, { script, targets: tagged, output });
    expect(Object.values(rowsOf(kept)).some((row) => "output" in row)).toBe(false);
    expect(results()).toBe(0);
  });

  test("maxBytesPerTarget keeps the tail, whole characters of it", async () => {
    emulator = await startVirtual({
      instances: fleet(2, { 1: exits(0, `${"x".repeat(5_000)}the end\n`), 2: exits(0, "日本語") }),
    });
    const first = await up(emulator, undefined, { script, targets: tagged });
    const byDefault = rowsOf(first.kept)[idOf(1)]!.output!;
    expect(Buffer.byteLength(byDefault)).toBe(1_024);
    expect(byDefault.endsWith("xthe end\n")).toBe(true);
    const output = { maxBytesPerTarget: 8 };
    const second = await up(emulator, undefined, { script, targets: tagged, output, name: "b" });
    expect(rowsOf(second.kept)[idOf(1)]!.output).toBe("the end\n");
    expect(rowsOf(second.kept)[idOf(2)]!.output).toBe("本語");
  });

  test("what the service itself dropped is counted", async () => {
    emulator = await startVirtual({ instances: fleet(1, { 1: exits(0, "y".repeat(30_000)) }) });
    const { kept } = await up(emulator, undefined, { script, targets: tagged });
    expect(rowsOf(kept)[idOf(1)]!.dropped).toBe(30_000 - 24_576);
  });

  test("all of a resource keeps 256 KiB at most; the cut is said, and failing targets have room left", async () => {
    const long = (end: string): string => `${"z".repeat(8_192 - end.length)}${end}`;
    emulator = await startVirtual({
      instances: fleet(60, { 60: exits(3, long("why it failed\n")) }).map((seed) => ({
        ...exits(0, long("ok\n")),
        ...seed,
      })),
    });
    const { kept, failure, lines } = await up(emulator, undefined, {
      script,
      targets: tagged,
      output: { maxBytesPerTarget: 8_192 },
      rollout: { batchSize: 10 },
    });
    const bytes = Object.values(rowsOf(kept)).reduce(
      (sum, row) => sum + Buffer.byteLength(row.output ?? ""),
      0,
    );
    expect(bytes).toBeLessThanOrEqual(256 * 1_024);
    expect(bytes).toBeGreaterThan(190 * 1_024);
    expect(rowsOf(kept)[idOf(60)]!.output!.endsWith("why it failed\n")).toBe(true);
    expect(failure?.message).toContain("last output: …");
    expect(failure?.message).toContain("why it failed");
    expect(failure?.message).toContain("Some output was cut: one resource keeps 256 KiB.");
    expect(lines.join("\n")).toContain("some output was cut: one resource keeps 256 KiB");
  });

  test("a green run says the cut as well", async () => {
    emulator = await startVirtual({
      instances: fleet(40).map((seed) => ({ ...seed, ...exits(0, "z".repeat(8_192)) })),
    });
    const output = { maxBytesPerTarget: 8_192 };
    const { failure, lines } = await up(emulator, undefined, { script, targets: tagged, output });
    expect(failure).toBeUndefined();
    expect(lines.join("\n")).toContain("some output was cut");
  });

  test("ou-3: bytes that are not text are kept as JSON can hold them, and never reach the terminal", async () => {
    const bytes = Buffer.from(
      "cHJpbnRmICdjYWZcMzUxXDAwMFwwMzNbMzFtcmVkXDAzM1swbVxuJzsgZXhpdCAzCg==",
      "base64",
    ).toString("utf8");
    emulator = await startVirtual({ backend: "exec", instances: fleet(1) });
    const inputs = { script: { content: bytes }, targets: tagged };
    const { kept, failure } = await up(emulator, undefined, inputs);
    const row = rowsOf(kept)[idOf(1)]!;
    expect(row).toMatchObject({ status: "Failed", exitCode: 3 });
    expect(row.output!.startsWith("caf")).toBe(true);
    expect(row.output).toContain("red");
    expect(JSON.parse(JSON.stringify(row))).toEqual(row);
    expect(row.output).not.toMatch(/[\ud800-\udfff]/);
    expect(failure?.message).toContain("red");
    expect(failure?.message).not.toMatch(/[\u0000\u001b]/);
    const refreshed = await refresh(emulator, kept!);
    expect(refreshed.outputs).toEqual(kept!.outputs);
  });
});

describe("secret results", () => {
  const signature = "4dabf18193072939515e22adb298388d";
  const wire = (kept: Kept | undefined): Record<string, unknown> =>
    kept!.outputs.results as Record<string, unknown>;

  test.each([
    [
      "a secret parameter",
      { parameters: { key: "hunter2-hunter2" }, secretInputs: ["parameters.key"] },
    ],
    ["a secret script", { secretInputs: ["script"] }],
    ["output.secret", { output: { secret: true } }],
  ])(
    "%s makes results secret on the wire, and no output is quoted in errors",
    async (_what, more) => {
      emulator = await startVirtual({ instances: fleet(1, { 1: exits(3, "printed\n") }) });
      const content = "echo {{key}}\n";
      const inputs = {
        script: { content },
        targets: tagged,
        ...("parameters" in more ? {} : { parameters: { key: "plain" } }),
        ...more,
      };
      const { kept, failure } = await up(emulator, undefined, inputs);
      expect(wire(kept)).toMatchObject({ [signature]: "1b47061264138c4ac30d75fd1eb44270" });
      expect(rowsOf(kept)[idOf(1)]!.status).toBe("Failed");
      expect(failure?.message).toContain("Failed (exit code 3)");
      expect(failure?.message).not.toContain("printed");
      // The secret ledger is read back.
      emulator.instances.update(idOf(1), { behaviour: {} });
      const second = await up(emulator, kept, inputs);
      expect(second.failure).toBeUndefined();
      expect(rowsOf(second.kept)[idOf(1)]).toMatchObject({ status: "Success", attempt: 2 });
      const refreshed = await refresh(emulator, second.kept!);
      expect(wire(refreshed)).toHaveProperty([signature]);
    },
  );

  test.each([
    ["whole", "/srv/hunter22"],
    ["cut through where the words are shortened", `/srv/hunter22/${"deep/".repeat(30)}`],
  ])(
    "a secret that the service quotes is in no row, of a create or a refresh: %s",
    async (_what, workingDir) => {
      const errorInfo = `the directory ${workingDir} does not exist`;
      const outcome = { kind: "invalid", errorCode: "DirectoryNotExists", errorInfo } as const;
      emulator = await startVirtual({ instances: fleet(1, { 1: { behaviour: { outcome } } }) });
      const secretInputs = ["workingDir"];
      const inputs = { script, targets: tagged, workingDir, secretInputs };
      const { kept, failure } = await up(emulator, undefined, inputs);
      expect(rowsOf(kept)[idOf(1)]!.errorInfo).toContain("the directory [secret]");
      const refreshed = await refresh(emulator, kept!);
      const rows = JSON.stringify([rowsOf(kept), rowsOf(refreshed)]);
      for (const text of [rows, failure!.message]) expect(text).not.toContain("hunter22");
    },
  );

  test("the hash of a secret script is a secret too, and a second up has nothing to do", async () => {
    emulator = await startVirtual({ instances: fleet(1) });
    const inputs = { script, targets: tagged, secretInputs: ["script.content"] };
    const { kept } = await up(emulator, undefined, inputs);
    const secret = { [signature]: "1b47061264138c4ac30d75fd1eb44270" };
    const plan = { command: { contentHash: secret } };
    expect(kept).toMatchObject({
      inputs: { plan },
      outputs: { plan, commandContentHash: secret },
    });
    const refreshed = await refresh(emulator, kept!);
    expect(refreshed.outputs).toEqual(kept!.outputs);
    expect(refreshed.inputs).toMatchObject({ plan });
    for (const again of [kept, refreshed]) {
      expect((await up(emulator, again, inputs)).operation).toBe("same");
    }
    const other = { ...inputs, script: { content: "echo other\n" } };
    expect((await up(emulator, kept, other)).operation).toBe("update");
  });

  test("without a secret they are plain", async () => {
    emulator = await startVirtual({ instances: fleet(1) });
    const { kept } = await up(emulator, undefined, { script, targets: tagged });
    expect(wire(kept)).not.toHaveProperty([signature]);
  });

  test("a secret of many lines and a secret that is 1 are redacted where they can be, and nothing is torn", async () => {
    const key = '{\n  "client": "fc-canary-line-a-9f2",\n  "key": "fc-canary-line-b-9f2"\n}';
    emulator = await startVirtual({
      instances: fleet(11).map((seed) => ({ ...seed, ...exits(3, `${key}\nflag=1\n`) })),
    });
    const { kept, failure, lines } = await up(emulator, undefined, {
      script: { content: "cat <<'E'\n{{sa}}\nE\necho flag={{flag}}\nexit 3\n" },
      parameters: { sa: key, flag: "1" },
      secretInputs: ["parameters.sa", "parameters.flag"],
      targets: tagged,
    });
    const text = JSON.stringify({ rows: rowsOf(kept), said: failure?.message, lines });
    expect(text).not.toContain("fc-canary-line-a-9f2");
    expect(text).not.toContain("fc-canary-line-b-9f2");
    expect(Object.keys(rowsOf(kept))).toEqual(idsOf(1, 11));
    expect(Object.values(rowsOf(kept)).every((row) => row.exitCode === 3)).toBe(true);
    expect(stateOf(kept).summary).toMatchObject({ members: 11, failed: 11 });
    for (const id of idsOf(1, 11)) expect(failure?.message).toContain(id);
    expect(rowsOf(kept)[idOf(1)]!.output).toContain("flag=1");
  });
});

describe("size", () => {
  const compact = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

  test("at most 350 bytes a member without output, inputs and outputs together", async () => {
    const long = (n: number): string => `i-bp1f4f6o8lv0wqof${String(n).padStart(4, "0")}`;
    const seeds = Array.from({ length: 1_000 }, (_, n) => ({
      instanceId: long(n),
      tags: { role: "web" },
    }));
    emulator = await startVirtual({ instances: seeds });
    const sizes: number[] = [];
    for (const count of [500, 1_000]) {
      emulator.limits.set({ tagPageSize: 5_000 });
      const { kept } = await up(emulator, undefined, {
        script,
        name: `run-${count}`,
        targets: {
          ...tagged,
          exclude: { tags: { skip: "me" } },
          expect: { max: 1_000 },
          membership: "track",
        },
      });
      expect(stateOf(kept).summary.succeeded).toBe(count === 500 ? 1_000 : 500);
      sizes.push(compact(kept!.inputs) + compact(kept!.outputs));
      for (const { instanceId } of seeds.slice(500)) {
        emulator.instances.update(instanceId, { tags: { role: "web", skip: "me" } });
      }
    }
    // The difference takes out what does not grow with the members.
    expect((sizes[0]! - sizes[1]!) / 500).toBeLessThanOrEqual(350);
  });

  test("the worst row of a failure is within it as well", async () => {
    const instances = fleet(300).map((seed) => ({
      ...seed,
      ...does({ kind: "error", errorCode: "ExecutionException", errorInfo: "x".repeat(600) }),
    }));
    emulator = await startVirtual({ instances });
    const targets = { ...tagged, expect: { max: 300 } };
    const { kept } = await up(emulator, undefined, {
      script,
      targets,
      rollout: { maxFailures: "100%" },
    });
    const rows = rowsOf(kept);
    expect(stateOf(kept).summary.failed).toBe(300);
    expect(compact(rows) / 300).toBeLessThanOrEqual(350);
    expect(launches(emulator)).toHaveLength(6);
  });

  test("the plan among the outputs names no members", async () => {
    emulator = await startVirtual({ instances: fleet(3) });
    const targets = { ...tagged, membership: "track" };
    const { kept } = await up(emulator, undefined, { script, targets });
    expect(kept!.inputs.plan).toMatchObject({ calls: [`1: ${idsOf(1, 3).join(" ")}`] });
    expect(JSON.stringify(kept!.outputs.plan)).not.toContain(idOf(1));
    expect(kept!.outputs.plan).toMatchObject({ action: "run", counts: { members: 3 } });
  });
});
