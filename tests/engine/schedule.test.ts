import { execFile } from "node:child_process";
import path from "node:path";
import Ecs, { StopInvocationRequest } from "@alicloud/ecs20140526";
import { $OpenApiUtil } from "@alicloud/openapi-core";
import { startEmulator, type Emulator } from "cloud-assistant-emulator";
import { ensureEngine } from "cloud-assistant-engine";
import {
  engineTimeoutMs,
  mustPass,
  newProject,
  newStack,
  repository,
  type Stack,
} from "../support/stack.js";

jest.setTimeout(180_000);

let emulator: Emulator;
let stack: Stack;
beforeAll(async () => {
  await ensureEngine();
  emulator = await startEmulator({
    backend: "sim",
    instances: ["i-web-1", "i-web-2", "i-web-3"].map((instanceId) => ({
      instanceId,
      tags: { role: "web" },
    })),
  });
  stack = await newStack(newProject(nightly()), emulator);
}, engineTimeoutMs);
afterAll(() => emulator.close());
beforeEach(() => emulator.requests.clear());

/** A clean-up at half past two in Shanghai, with these changes. */
function nightly(
  schedule = `{ cron: "0 30 2 * * ?", timezone: "Asia/Shanghai" }`,
  rest = "",
): string {
  return `
import { CommandInvocation } from "pulumi-cloud-assistant";
const nightly = new CommandInvocation("nightly", {
  script: { content: "echo clean\\n" },
  targets: { tags: { role: "web" } },
  schedule: ${schedule},
  ${rest}
});
export const status = nightly.status;
`;
}

const living = ["Pending", "Running", "Scheduled", "Stopping"];
const alive = () => emulator.invocations().filter((one) => living.includes(one.status));

/** Actions that change something. */
function changes(): string[] {
  const actions = emulator.requests.list().map(({ action }) => action);
  return actions.filter((action) => !/^(Describe|List|Get)/.test(action));
}

/** Somebody in the console. */
async function stopByHand(): Promise<void> {
  const { accessKeyId, accessKeySecret, regionId, port } = emulator;
  const endpoint = `127.0.0.1:${port}`;
  const config = { accessKeyId, accessKeySecret, regionId, endpoint, protocol: "http" };
  const client = new Ecs(new $OpenApiUtil.Config(config));
  for (const { invokeId } of alive()) {
    await client.stopInvocation(new StopInvocationRequest({ regionId, invokeId }));
  }
  while (alive().length > 0) await emulator.events.next(emulator.events.list().at(-1)?.seq);
}

type Ended = { code: number; out: string; err: string };

/** The command line of this package, as npm installs it. */
const bin = path.join(repository, "node_modules/.bin/pulumi-cloud-assistant");
const assistant = (...args: string[]): Promise<Ended> => run(bin, args);

function run(command: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd: stack.folder, env: stack.env }, (error, out, err) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err });
    });
  });
}

test("the first preview shows when it runs next, and calls nothing", async () => {
  const { output } = await mustPass(stack.preview("--diff"));
  expect(output).toContain("nightly: arms on 3 machines in 1 call");
  expect(output).toMatch(
    /nightly: next runs: \d{4}-\d\d-\d\dT18:30:00Z, \d{4}-\d\d-\d\dT18:30:00Z, \d{4}-\d\d-\d\dT18:30:00Z/,
  );
  expect(output).toContain("nightly: machines that join later are added at the next `pulumi up`");
  expect(output).toMatch(/action\s*: "arm"/);
  expect(changes()).toEqual([]);
});

test("the up arms it, and is green once every machine has answered", async () => {
  await mustPass(stack.up());
  expect(changes()).toEqual(["RunCommand"]);
  const outputs = await stack.outputs("nightly");
  expect(outputs).toMatchObject({ status: "Scheduled", armed: true });
  expect(Object.keys(outputs.results)).toEqual(["i-web-1", "i-web-2", "i-web-3"]);
});

test("without a change --expect-no-changes passes, and a refresh is no churn", async () => {
  await mustPass(stack.refresh("--expect-no-changes"));
  await mustPass(stack.up("--expect-no-changes"));
  expect(changes()).toEqual([]);
});

test("another hour is changed in place", async () => {
  const before = alive().map((one) => one.invokeId);
  stack.write("index.ts", nightly(`{ cron: "0 30 3 * * ?", timezone: "Asia/Shanghai" }`));
  const preview = await mustPass(stack.preview("--diff"));
  expect(preview.output).toContain("nightly: changed in place, without a missed run: schedule");
  expect(preview.output).toMatch(/cron\s*: "0 30 2 \* \* \?" => "0 30 3 \* \* \?"/);
  expect(changes()).toEqual([]);
  await mustPass(stack.up());
  expect(changes()).toEqual(["ModifyInvocationAttribute", "TagResources"]);
  expect(alive().map((one) => [one.invokeId, one.frequency])).toEqual(
    before.map((invokeId) => [invokeId, "0 30 3 * * ? Asia/Shanghai"]),
  );
});

test("a machine that joins is added, and nobody else is touched", async () => {
  emulator.instances.add({ instanceId: "i-web-4", tags: { role: "web" }, backend: "sim" });
  const preview = await mustPass(stack.preview());
  expect(preview.output).toContain("nightly: joins: i-web-4");
  emulator.requests.clear();
  await mustPass(stack.up());
  expect(changes()).toEqual(["ModifyInvocationAttribute"]);
});

test("suspend stops it and keeps it, and false arms it again", async () => {
  const zone = `cron: "0 30 3 * * ?", timezone: "Asia/Shanghai"`;
  stack.write("index.ts", nightly(`{ ${zone}, suspend: true }`));
  const preview = await mustPass(stack.preview("--diff"));
  expect(preview.output).toMatch(/armed\s*: true => false/);
  await mustPass(stack.up());
  expect(alive()).toEqual([]);
  expect(await stack.outputs("nightly")).toMatchObject({ status: "Suspended" });
  await mustPass(stack.up("--expect-no-changes"));
  stack.write("index.ts", nightly(`{ ${zone} }`));
  await mustPass(stack.up());
  expect(alive().map((one) => one.instances.length)).toEqual([4]);
});

test("stopped by hand it is drift in a refresh, and the next up heals it", async () => {
  await stopByHand();
  const shown = await mustPass(stack.cli("refresh", "--preview-only", "--diff"));
  expect(shown.output).toMatch(/armed\s*: true => false/);
  expect(shown.output).toContain("nightly: not armed any more: i-web-1, i-web-2, i-web-3, i-web-4");
  await mustPass(stack.refresh());
  expect(await stack.outputs("nightly")).toMatchObject({ status: "Stopped", armed: false });
  const drifted = await stack.preview("--expect-no-changes");
  expect(drifted.code).not.toBe(0);
  await mustPass(stack.up());
  expect(alive().map((left) => left.instances.length)).toEqual([4]);
  expect(await stack.outputs("nightly")).toMatchObject({ status: "Scheduled", armed: true });
});

test("stopped by hand and not refreshed, the up finds it by itself", async () => {
  await stopByHand();
  const preview = await mustPass(stack.preview());
  expect(preview.output).toContain("nightly: not armed any more:");
  await mustPass(stack.up());
  expect(alive()).toHaveLength(1);
});

test("what cannot be changed in place is armed anew, and the old one is gone first", async () => {
  const zone = `{ cron: "0 30 3 * * ?", timezone: "Asia/Shanghai" }`;
  stack.write("index.ts", nightly(zone, `workingDir: "/srv",`));
  const preview = await mustPass(stack.preview());
  expect(preview.output).toContain(
    "nightly: stopped, awaited and armed anew, shard by shard: workingDir changed",
  );
  await mustPass(stack.up());
  expect(changes()).toEqual(["StopInvocation", "RunCommand", "TagResources"]);
  expect(alive()).toHaveLength(1);
});

test("one that a clock change would end is refused in the preview, which says when and what to write", async () => {
  stack.write("index.ts", nightly(`{ cron: "0 30 2 * * ?", timezone: "America/New_York" }`));
  const preview = await stack.preview();
  expect(preview.code).not.toBe(0);
  expect(preview.output).toContain("schedule.cron");
  expect(preview.output).toMatch(/the clock of America\/New_York skips 02:00(:00)? to 03:00/);
  expect(preview.output).toMatch(/the last run is \d{4}-03-\d\dT06:30:00Z \(01:30/);
  expect(preview.output).toMatch(/0 30 3 \* \* \?|GMT-5:00/);
  expect(preview.output).toContain('"dies-at-clock-change" in schedule.allow');
  expect(changes()).toEqual([]);
  stack.write("index.ts", nightly(`{ cron: "0 30 3 * * ?", timezone: "Asia/Shanghai" }`));
});

test("runs of it are listed by the command line, and too few of them are exit code 1", async () => {
  expect(await assistant("runs", "nightly", "--since", "24h")).toEqual({
    code: 0,
    out: "0 of 0 runs succeeded, on 0 machines, since 24h\nno run at all: i-web-1, i-web-2, i-web-3, i-web-4\n",
    err: "",
  });
  const below = await assistant("runs", "nightly", "--min-success", "95%");
  expect(below).toMatchObject({ code: 1, err: "below 95%: nothing has run since 24h\n" });
});

test("cl-1: whoever takes the first line of the runs only gets it, and no error", async () => {
  const script = `for i in 1 2 3; do
    first=$(${bin} runs nightly | head -n 1; exit "\${PIPESTATUS[0]}")
    echo "$? $first"
  done`;
  const { out, err } = await run("bash", ["-c", script]);
  expect(err).toBe("");
  const lines = out.trimEnd().split("\n");
  expect(lines).toHaveLength(3);
  for (const line of lines) expect(line).toMatch(/^(0|141) 0 of 0 runs succeeded/);
});

test("destroy leaves nothing firing and no command behind", async () => {
  await mustPass(stack.destroy());
  expect(alive()).toEqual([]);
  expect(
    (await stack.export()).resources?.filter((one) => one.urn.endsWith("::nightly")) ?? [],
  ).toEqual([]);
});
