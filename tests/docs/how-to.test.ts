/**
 * What the how-tos show is what happens: their programs run against an emulator, and every line in
 * a block of text must have been printed.
 */
import type { Emulator, InstanceSeed } from "cloud-assistant-emulator";
import { exits, failsFirst } from "../support/fleet.js";
import {
  CheckFailed,
  newProcess,
  refresh,
  rowsOf,
  startVirtual,
  stateOf,
  up,
  type Kept,
} from "../support/lifecycle.js";
import { timed } from "../support/timed.js";
import { codeBlocks } from "../support/code-blocks.js";
import { programsOf, type Written } from "./support/programs.js";

jest.setTimeout(60_000);

let emulator: Emulator;
let said: string[];
beforeEach(() => {
  said = [];
});
afterEach(() => emulator.close());

const accounts = [
  { accountId: "1234567890123456", accessKeyId: "one", accessKeySecret: "secret-of-one" },
  { accountId: "2000000000000002", accessKeyId: "two", accessKeySecret: "secret-of-two" },
];

/** Machines 1 to `count` with the tag `role: web`, named as in the pages: `i-web1`, or `i-web01`. */
function web(count: number, special: Record<number, InstanceSeed> = {}): InstanceSeed[] {
  const digits = String(count).length;
  return Array.from({ length: count }, (_, n) => ({
    instanceId: `i-web${String(n + 1).padStart(digits, "0")}`,
    tags: { role: "web" },
    ...special[n + 1],
  }));
}

async function start(
  instances: readonly InstanceSeed[],
  more: Parameters<typeof startVirtual>[0] = {},
): Promise<void> {
  emulator = await startVirtual({ accounts, instances, ...more });
}

/** One `up` of a page's resource; all that is printed of it is kept. */
async function run(
  written: Written | undefined,
  kept?: Kept,
  options: Parameters<typeof up>[3] = {},
): Promise<Kept | undefined> {
  if (written === undefined) throw new Error("the page has no such program");
  try {
    const end = await up(emulator, kept, written.inputs, options);
    said.push(...end.lines, ...(end.failure?.message ?? "").split("\n"));
    return end.kept;
  } catch (reason) {
    if (!(reason instanceof CheckFailed)) throw reason;
    said.push(...reason.reasons.flatMap((text) => text.split("\n")));
    return undefined;
  }
}

/** Ids that are different each time, and what only an emulator adds. */
function plain(line: string): string {
  return line
    .replace(/[0-9a-f]{32}\.[0-9a-z]{8}/g, "HOLD")
    .replace(/\bt-[0-9a-z]+/g, "INVOCATION")
    .replace(", LOCAL EMULATOR", "");
}

function expectShown(page: string): void {
  const shown = codeBlocks(page, "text").flatMap(({ code }) => code.split("\n"));
  expect(shown.length).toBeGreaterThan(0);
  const printed = new Set(said.map(plain));
  expect(shown.filter((line) => !printed.has(plain(line)))).toEqual([]);
}

test("fleets.md", async () => {
  const page = "docs/how-to/fleets.md";
  const programs = programsOf(page);
  await start([
    ...web(4),
    ...[1, 2, 3, 4].map((n) => ({ instanceId: `i-prod${n}`, tags: { stage: "prod" } })),
  ]);
  await run(programs.get("reload"));
  await run(programs.get("patch"));
  const agent = await run(programs.get("agent"));
  emulator.instances.add({ instanceId: "i-web5", tags: { role: "web" } });
  const joined = await run(programs.get("agent"), agent);
  emulator.instances.update("i-web2", { tags: {} });
  await run(programs.get("agent"), joined);
  expectShown(page);
});

test("rings-and-canaries.md", async () => {
  const page = "docs/how-to/rings-and-canaries.md";
  const programs = programsOf(page);
  await start(web(21, { 1: failsFirst(1, 3, "bad config\n") }));
  const kept = await run(programs.get("reload"));
  expect(stateOf(kept).summary).toMatchObject({ failed: 1, notStarted: 20 });
  const env = { CLOUD_ASSISTANT_RESUME: stateOf(kept).holdId };
  const resumed = await run(programs.get("reload"), kept, { env });
  expect(stateOf(resumed).status).toBe("Success");
  expectShown(page);
  const rings = [...programs.keys()].filter((name) => name.startsWith("upgrade-"));
  expect(rings).toEqual(["upgrade-canary", "upgrade-staging", "upgrade-prod"]);
});

test("readiness.md", async () => {
  const page = "docs/how-to/readiness.md";
  const programs = programsOf(page);
  await start([
    ...web(3, { 2: { power: "Stopped" } }),
    { instanceId: "i-lap1", tags: { role: "laptop" } },
    { instanceId: "i-lap2", tags: { role: "laptop" }, agent: { mode: "offline" } },
  ]);
  await run(programs.get("reload"));
  await run(programs.get("wake-and-reload"));
  expect(stateOf(await run(programs.get("collect")))).toMatchObject({
    status: "Success",
    summary: { succeeded: 1, skipped: 1 },
  });
  expectShown(page);
});

test("quotas.md", async () => {
  const page = "docs/how-to/quotas.md";
  const programs = programsOf(page);
  await start(web(4), { limits: { invocationsPerDay: 3 } });
  await run(programs.get("audit"));
  const kept = await run(programs.get("audit-anyway"));
  expect(stateOf(kept)).toMatchObject({ status: "Interrupted", summary: { notStarted: 1 } });
  await emulator.clock.advance(24 * 3_600_000);
  const next = await run(programs.get("audit-anyway"), kept);
  expect(stateOf(next).status).toBe("Success");
  expectShown(page);
});

test("ordinary-users.md", async () => {
  const page = "docs/how-to/ordinary-users.md";
  const programs = programsOf(page);
  await start([
    ...web(1),
    { instanceId: "i-win1", osType: "windows" as const, tags: { os: "windows" } },
  ]);
  expect(stateOf(await run(programs.get("deploy"))).status).toBe("Success");
  const { type, inputs } = programs.get("services")!;
  expect(stateOf(await run({ type, inputs })).status).toBe("Success");
  const { windowsPasswordName, ...without } = inputs;
  expect(windowsPasswordName).toBe("ops-password");
  await run({ type, inputs: without });
  const sent = emulator.requests
    .list({ action: "RunCommand" })
    .map(({ params }) => params.Username);
  expect(sent).toEqual(["deploy", "ops"]);
  expectShown(page);
});

test("secrets.md", async () => {
  const page = "docs/how-to/secrets.md";
  const config = { token: "s3cret-token-9", tokenVersion: "1" };
  const programs = programsOf(page, config);
  await start(web(1, { 1: exits(0, "token=s3cret-token-9 pin=1234\n") }));
  const kept = await run(programs.get("login"));
  said.push(...rowsOf(kept)["i-web1"]!.output!.split("\n"));
  expectShown(page);
  expect(kept!.outputs.results).toHaveProperty("value");
  const rotated = await run(programs.get("rotate"));
  const later = programsOf(page, { ...config, tokenVersion: "2" });
  await run(later.get("rotate"), rotated);
  const rotations = emulator.requests.list({ action: "RunCommand" }).slice(1);
  expect(rotations).toHaveLength(2);
  // The client on the machine fills it in, so it must be sent as it is, with parameters on.
  for (const { params } of rotations) {
    const content = Buffer.from(params.CommandContent!, "base64").toString();
    expect(content).toContain("{{oos-secret:agent-token}}");
    expect(params.EnableParameter).toBe("true");
  }
});

test("output.md", async () => {
  const page = "docs/how-to/output.md";
  const programs = programsOf(page);
  const full = exits(3, "no space left on device\n");
  await start(web(4, { 2: full, 3: full, 4: exits(127, "agent: not found\n") }));
  const uptime = programs.get("uptime")!;
  const targets = { instanceIds: ["i-web1", "i-web2", "i-web3", "i-web4"] };
  await run({ ...uptime, inputs: { ...uptime.inputs, targets } });
  const report = await run(programs.get("report"));
  expect(rowsOf(report)["i-web1"]!.output).toBeUndefined();
  expect(rowsOf(report)["i-web2"]!.output).toBe("no space left on device\n");
  expectShown(page);
});

test("recovering.md", async () => {
  const page = "docs/how-to/recovering.md";
  const slow = exits(0, "", 30_000);
  await start(web(4, { 1: slow, 2: slow, 3: slow, 4: slow }));
  const script = { content: "systemctl reload nginx\n" };
  const inputs = { name: "reload", script, targets: { tags: { role: "web" } } };
  const reload = { type: "", inputs: { ...inputs, rollout: { batchSize: 2 } } };
  const cut = {
    afterMs: 10_000,
    run: () => process.signals.windDown("SIGINT was received"),
  };
  const process = newProcess(emulator, { clock: timed(emulator, [cut]) });
  await run(reload, await run(reload, undefined, { process }));
  await run(reload);
  const living = { script: { content: "sleep 30\n" }, wait: { timeout: 5 } };
  await run({ type: "", inputs: { ...inputs, ...living, name: "other" } });
  await run({ type: "", inputs: { ...inputs, name: "other" } });
  expectShown(page);
});

test("schedules.md", async () => {
  const page = "docs/how-to/schedules.md";
  const programs = programsOf(page);
  const clean = programs.get("nightly-clean-up")!;
  const workers = [1, 2].map((n) => ({ instanceId: `i-worker${n}`, tags: { role: "worker" } }));
  await start(workers);
  const kept = await run(clean);
  // Stopped in the last moments before a run, and armed in the first ones after it.
  await emulator.clock.advanceTo("2026-03-02T19:29:59.600Z");
  await run({ ...clean, inputs: { ...clean.inputs, timeout: 120 } }, kept);
  expectShown(page);
});

test("boot-and-scaling-groups.md", async () => {
  const page = "docs/how-to/boot-and-scaling-groups.md";
  const programs = programsOf(page);
  const inGroup = (n: number): InstanceSeed => ({
    instanceId: `i-group${n}`,
    tags: { group: "shop-front" },
  });
  await start([...web(3, { 3: { power: "Stopped" } }), ...[1, 2, 3].map(inGroup)]);
  const patch = programs.get("patch")!;
  const armed = await run(patch);
  emulator.instances.boot("i-web3");
  await emulator.clock.advance(10_000);
  const refreshed = await refresh(emulator, armed!);
  expect(rowsOf(refreshed)["i-web3"]!.status).toBe("Success");
  const script = { content: "apt-get -y dist-upgrade" };
  await run({ ...patch, inputs: { ...patch.inputs, script } }, refreshed);
  const rotate = await run(programs.get("rotate-logs"));
  for (const n of [4, 5]) emulator.instances.add(inGroup(n));
  emulator.instances.remove("i-group1");
  await run(programs.get("rotate-logs"), rotate);
  expectShown(page);
});

test("accounts-and-roles.md", async () => {
  const page = "docs/how-to/accounts-and-roles.md";
  await start(web(1));
  const script = { content: "uptime\n" };
  const inputs = { name: "uptime", script, targets: { tags: { role: "web" } } };
  const kept = await run({ type: "", inputs });
  const env = {
    CLOUD_ASSISTANT_ACCESS_KEY_ID: "two",
    CLOUD_ASSISTANT_ACCESS_KEY_SECRET: "secret-of-two",
  };
  await run({ type: "", inputs: { ...inputs, script: { content: "date\n" } } }, kept, { env });
  expectShown(page);
});

test("provider/README.md", async () => {
  const page = "provider/README.md";
  await start(web(1));
  const inputs = { script: { content: "uptime\n" }, targets: { instanceIds: ["i-c", "i-a, i-b"] } };
  await run({ type: "", inputs });
  expectShown(page);
});
