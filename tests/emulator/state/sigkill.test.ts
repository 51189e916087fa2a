import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededRandom } from "../../../emulator/src/faults/seeded-random.js";
import { spawnEmulator, type Spawned } from "../support/spawned.js";
import { base64, type Params } from "../support/back.js";

/** With CLOUD_ASSISTANT_EXTRA=1 the full count. */
const KILLS = process.env.CLOUD_ASSISTANT_EXTRA === "1" ? 200 : 20;
const CLIENTS = 4;

type Call = {
  readonly action: string;
  readonly params: Params;
  readonly instanceId?: string;
  /** Stands in the record of what it made, so that it can be counted there. */
  readonly name: string;
  /** What it changes: made by an earlier call that was acknowledged. */
  readonly of?: Call;
  /** The answer, when one came. */
  body?: any;
};

let folder: string;
let emulator: Spawned | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sigkill-"));
});
afterEach(async () => {
  await emulator?.kill();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

test(`of calls in flight at ${KILLS} kills every acknowledged one is there, and none is there twice`, async () => {
  const seed = process.env.CLOUD_ASSISTANT_EXTRA_SEED ?? String(Date.now());
  const random = seededRandom(seed);
  const fleet = join(folder, "fleet.json");
  const log = join(folder, "ran.log");
  writeFileSync(log, "");
  writeFileSync(
    fleet,
    JSON.stringify({
      instances: [
        { instanceId: "i-sim", backend: "sim", behaviour: { afterMs: 20 } },
        { instanceId: "i-exec", backend: "exec" },
      ],
      limits: { commandsPerRegion: 1e6, invocationsPerDay: 1e6, historyRecords: 1e6 },
    }),
  );
  const start = () =>
    spawnEmulator(["--data", join(folder, "data"), "--seed", fleet, "--isolation", "plain"]);
  const calls: Call[] = [];
  let interrupted = 0;
  try {
    for (let kill = 0; kill < KILLS; kill += 1) {
      emulator = await start();
      // First the calls that the last kill cut off: their tokens tell whether they were accepted.
      const open = calls.filter((call) => call.body === undefined);
      interrupted += open.length;
      for (const call of open) await send(emulator, call);
      const load = underLoad(emulator, calls, random, log);
      await new Promise((resolve) => setTimeout(resolve, 20 + random() * 250));
      await emulator.kill();
      await load;
    }
    emulator = await start();
    for (const call of calls) if (call.body === undefined) await send(emulator, call);
    expect(calls.length).toBeGreaterThan(KILLS);
    expect(interrupted).toBeGreaterThan(0);
    await expectAllOnce(emulator, calls);
    await expectRunsToldTruly(emulator, calls, log);
  } catch (reason) {
    throw new Error(`with CLOUD_ASSISTANT_EXTRA_SEED=${seed}`, { cause: reason });
  }
}, 1_200_000);

/** Clients that call without a pause until the emulator is gone. */
async function underLoad(
  emulator: Spawned,
  calls: Call[],
  random: () => number,
  log: string,
): Promise<void> {
  const client = async (): Promise<void> => {
    for (;;) {
      const call = changeOf(calls, random) ?? newCall(calls.length, random, log);
      calls.push(call);
      const answer = await emulator.ask(call.action, call.params).catch(() => undefined);
      if (answer === undefined || answer.text === "") return;
      expect(answer).toMatchObject({ status: 200 });
      call.body = answer.body;
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}

function newCall(number: number, random: () => number, log: string): Call {
  const name = `call-${number}`;
  const ClientToken = name;
  const Tag = [{ Key: "name", Value: name }];
  const dice = random();
  if (dice < 0.4) {
    const CommandContent = base64("true");
    const params = { Name: name, Type: "RunShellScript", CommandContent, ClientToken };
    return { action: "CreateCommand", name, params };
  }
  const instanceId = dice < 0.9 ? "i-sim" : "i-exec";
  const CommandContent = `echo ${name} >> ${log}; sleep 0.0${Math.floor(random() * 10)}; exit 3`;
  return {
    action: "RunCommand",
    name,
    instanceId,
    params: {
      Type: "RunShellScript",
      CommandContent,
      InstanceId: [instanceId],
      ClientToken,
      Tag,
    },
  };
}

/** A change of something that is known to be there. It has no token: only its effect tells. */
function changeOf(calls: readonly Call[], random: () => number): Call | undefined {
  const name = `call-${calls.length}`;
  const action = random() < 0.15 ? "DeleteCommand" : "TagResources";
  const makes = action === "DeleteCommand" ? "CreateCommand" : "RunCommand";
  const touched = new Set(calls.map((call) => call.of));
  const of = calls.find(
    (call) => call.action === makes && call.body !== undefined && !touched.has(call),
  );
  if (of === undefined || random() < 0.6) return undefined;
  const { CommandId, InvokeId } = of.body;
  if (action === "DeleteCommand") return { action, name, of, params: { CommandId } };
  const Tag = [{ Key: "touched", Value: name }];
  return {
    action,
    name,
    of,
    params: { ResourceType: "invocation", ResourceId: [InvokeId], Tag },
  };
}

/** Asks again for what a kill cut off. A command that was deleted before the cut is gone by now. */
async function send(emulator: Spawned, call: Call): Promise<void> {
  const { status, body } = await emulator.ask(call.action, call.params);
  const isGone = call.action === "DeleteCommand" && body.Code === "InvalidCmdId.NotFound";
  if (status !== 200 && !isGone) throw new Error(`${call.action}: ${JSON.stringify(body)}`);
  call.body = body;
}

async function pages(
  emulator: Spawned,
  action: string,
  pick: (body: any) => any[],
): Promise<any[]> {
  const found: any[] = [];
  let NextToken: string | undefined;
  do {
    const body = await emulator.ok(action, { MaxResults: 50, ...(NextToken && { NextToken }) });
    found.push(...pick(body));
    NextToken = body.NextToken;
  } while (NextToken);
  return found;
}

/**
 * What each call made is there once, under the id that was answered, and nothing else is there; what
 * was changed is as it was left.
 */
async function expectAllOnce(emulator: Spawned, calls: readonly Call[]): Promise<void> {
  const commands = await pages(emulator, "DescribeCommands", (body) => body.Commands.Command);
  const invocations = await pages(
    emulator,
    "DescribeInvocations",
    (body) => body.Invocations.Invocation,
  );
  const made = [
    ...commands.filter((one) => one.Name !== "").map((one) => `${one.Name} ${one.CommandId}`),
    ...invocations.map((one) => {
      const [name, touched] = one.Tags.Tag.map((tag: any) => tag.TagValue);
      return [name, one.InvokeId, touched].filter(Boolean).join(" ");
    }),
  ];
  const changes = new Map(calls.map((call) => [call.of, call]));
  expect(changes.size).toBeGreaterThan(1);
  const answered = calls.flatMap((call) => {
    const change = changes.get(call);
    if (call.of !== undefined || change?.action === "DeleteCommand") return [];
    const id = call.body.InvokeId ?? call.body.CommandId;
    return [[call.name, id, change?.name].filter(Boolean).join(" ")];
  });
  expect(made.sort()).toEqual(answered.sort());
}

/**
 * A command that really ran says so in its file once, however often the emulator was killed, and its
 * row says how it ended: with its own exit code, or that it was cut off.
 */
async function expectRunsToldTruly(
  emulator: Spawned,
  calls: readonly Call[],
  log: string,
): Promise<void> {
  const really = calls.filter(({ instanceId }) => instanceId === "i-exec");
  const living = async (InvokeStatus: string): Promise<number> =>
    (await emulator.ok("DescribeInvocations", { InvokeStatus })).TotalCount;
  while ((await living("Pending")) + (await living("Running")) > 0);
  const ran = readFileSync(log, "utf8").split("\n").slice(0, -1);
  expect(new Set(ran).size).toBe(ran.length);
  for (const { name, body } of really) {
    const { Invocation } = await emulator.ok("DescribeInvocationResults", {
      InvokeId: body.InvokeId,
    });
    const [row] = Invocation.InvocationResults.InvocationResult;
    const seen = [name, row.InvocationStatus, row.ExitCode, ran.includes(name)];
    if (row.InvocationStatus === "Failed") expect(seen).toEqual([name, "Failed", 3, true]);
    else
      expect([name, row.InvocationStatus, row.ErrorCode]).toEqual([
        name,
        "Error",
        "ExecutionInterrupted",
      ]);
  }
}
