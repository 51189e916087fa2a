import { unknown } from "../../../provider/src/unknown.js";
import { bat, check, command, refusals, ten } from "./support/inputs.js";

describe("Good inputs", () => {
  test.each([
    ["the smallest program", {}],
    ["24,576 bytes after Base64", { script: { content: `echo '${"日".repeat(6141)}'\n` } }],
    ["a saved command", { script: undefined, commandId: "c-hz01" }],
    ["a public command by its name", { script: undefined, commandId: "ACS-ECS-Sample-linux.sh" }],
    ["a Command of the program", { script: undefined, command }],
    [
      "an empty value, written out",
      { script: { content: "{{dir}}/cache\n" }, parameters: { dir: "" } },
    ],
    [
      "quotes, dollars, line breaks and characters of all kinds",
      { script: { content: "{{v}}" }, parameters: { v: "a$b&'\"\\`$(x)\r\n日\u{1F600}%PATH%" } },
    ],
    [
      "ten parameters in another case",
      {
        script: { content: ten },
        parameters: Object.fromEntries(Array.from("ABCDEFGHIJ").map((name) => [name, ""])),
      },
    ],
    [
      "blanks and line breaks in braces",
      { script: { content: "{{ a }}{{\nb\n}}" }, parameters: { a: "", b: "" } },
    ],
    ["built-in and stored values", { script: { content: "{{ACS::InstanceId}}{{oos-secret:db}}" } }],
    ["braces of a template", { script: { content: "docker ps --format '{{.Names}}'" } }],
    [
      "braces as they stand",
      { script: { content: "{{name}} {{.Names}}" }, enableParameter: false },
    ],
    ["root by its name", { username: "root" }],
    ["System by its name, on Windows", { script: bat, username: "system" }],
    [
      "an ordinary user on Windows",
      { script: bat, username: "test user", windowsPasswordName: "pw" },
    ],
    ["a launcher", { launcher: 'python3 -u {{ACS::ScriptFileName|Ext(".py")}}' }],
    ["containers", { container: { id: `docker://${"a1".repeat(32)}`, name: "web-1.x" } }],
    [
      "fifteen tags",
      { tags: Object.fromEntries(Array.from("abcdefghijklmno").map((k) => [k, ""])) },
    ],
    ["codes of Windows", { script: bat, successExitCodes: [0, 3010, -2147483648] }],
    ["reboot codes that mean success", { successExitCodes: [0, 193, 194] }],
    [
      "all ways of selecting",
      {
        targets: {
          instanceIds: ["i-a1", "mi-b2"],
          names: ["web-*", "db 1"],
          tags: { env: "", "acs:autoscaling:scalingGroupId": "asg-1" },
          resourceGroupId: "rg-bp67acfmxazb4p",
          clientStatus: "online",
          exclude: { instanceIds: ["i-c3"], tags: { keep: "out" } },
          membership: "track",
          expect: { min: 0, max: 2000 },
        },
      },
    ],
    ["no declared id beside a selection", { targets: { instanceIds: [], tags: { a: "b" } } }],
    [
      "a rollout",
      {
        rollout: {
          batchSize: "10%",
          canary: { size: "1%", maxFailures: 0, soak: 0 },
          maxFailures: "0%",
          pauseBetweenBatches: 30,
        },
      },
    ],
    [
      "a canary by tags, a batch of all",
      { rollout: { batchSize: "100%", canary: { tags: { r: "0" } } } },
    ],
    [
      "everything about the end of a run",
      {
        retry: {
          attempts: 3,
          exitCodes: [1, 75],
          errorCodes: ["ClientNotResponse"],
          onNextUp: false,
        },
        readiness: { wait: 0, start: true, install: "with-reboot", maxUnready: "5%" },
        wait: { for: "acceptance", timeout: 1 },
        quota: { onExceed: "warn" },
        output: { capture: "failed", maxBytesPerTarget: 0, secret: true },
        terminationMode: "ProcessTree",
        ossOutputDelivery: "oss://logs/runs/today",
      },
    ],
    ["a connection that says nothing", { connection: {} }],
    [
      "a connection with a role",
      {
        connection: {
          region: "cn-hangzhou-finance",
          accountId: "1234567890123456",
          profile: "ops",
          assumeRole: {
            roleArn: "acs:ram::1234567890123456:role/deploy",
            sessionName: "up",
            externalId: "ex",
          },
        },
      },
    ],
    ["invocations to adopt", { adoptInvocationIds: ["t-hz01", "t-hz02"], ownership: "tags" }],
    ["triggers of any kind", { triggers: [1, "v2", { a: null, b: [true] }] }],
    [
      "what classes and checks make",
      {
        organization: "acme",
        secretInputs: ["parameters.x"],
        deadline: { create: 600 },
        plan: { action: "run", calls: [] },
        armed: true,
        __provider: "text",
      },
    ],
  ])("%s: accepted", (_name, change) => {
    expect(refusals(change)).toEqual([]);
  });
});

describe("What a check returns", () => {
  test("are the inputs as they were written, without defaults", () => {
    const { inputs } = check({ timeout: 60, username: "deploy" });
    expect(inputs).toEqual({
      resourceUrn:
        "urn:pulumi:dev::site::pulumi-nodejs:dynamic/cloud-assistant:CommandInvocation::sweep",
      script: { content: "uptime\n" },
      targets: { instanceIds: ["i-a1"] },
      timeout: 60,
      username: "deploy",
    });
  });

  test("holds no absent value, but leaves triggers alone", () => {
    const { inputs } = check({
      timeout: null,
      wait: { timeout: undefined, for: "completion" },
      triggers: { build: null },
    });
    expect(inputs).not.toHaveProperty("timeout");
    expect(inputs?.wait).toEqual({ for: "completion" });
    expect(inputs?.triggers).toEqual({ build: null });
  });

  test.each([
    ["root", undefined, undefined],
    ["System", bat, undefined],
    ["deploy", undefined, "deploy"],
  ])("the user %s is sent as it must be", (username, script, expected) => {
    const { inputs } = check({ username, ...(script && { script }) });
    expect(inputs?.username).toBe(expected);
  });

  test("is no inputs at all when there is a problem", () => {
    expect(check({ timeout: 5 }).inputs).toBeUndefined();
  });
});

describe("A schedule", () => {
  const past = { at: "2020-01-01T00:00:00Z" };
  const nowMs = Date.UTC(2023, 10, 14);

  test("that stands already is not judged again", () => {
    expect(refusals({ schedule: past }, { nowMs })).toHaveLength(1);
    expect(refusals({ schedule: past }, { nowMs, scheduleStands: true })).toEqual([]);
  });

  test("is compared with the timeout of whatever runs", () => {
    const schedule = { rate: "90s" };
    expect(refusals({ schedule })).toEqual([]);
    expect(refusals({ schedule, timeout: 90 })).toHaveLength(1);
    expect(
      refusals({ schedule, script: undefined, command: { ...command, timeout: 600 } }),
    ).toHaveLength(1);
    expect(refusals({ schedule, timeout: unknown })).toEqual([]);
  });

  test("brings its warnings", () => {
    const schedule = { cron: "0 0 2 * * ?", timezone: "instance" };
    const { problems, warnings } = check({ schedule }, { nowMs });
    expect(problems).toEqual([]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^schedule\.timezone: /);
  });
});
