import type { Emulator, InstanceSeed } from "cloud-assistant-emulator";
import type { RawCall } from "../../provider/src/client/retrying-api.js";
import { tagKeys } from "../../provider/src/names.js";
import {
  destroy,
  launches,
  mutatingCalls,
  newProcess,
  refresh,
  rowsOf,
  startVirtual,
  stateOf,
  up,
  urnOf,
  virtualClock,
  type Kept,
  type Process,
  type UpEnd,
} from "../support/lifecycle.js";
import { timed } from "../support/timed.js";
import { cli, type CliEnd, type CliOptions } from "../support/cli.js";

// The first test of a file loads the SDK, which a busy machine takes its time for.
jest.setTimeout(30_000);

let emulator: Emulator;
afterEach(() => emulator.close());

const script = { content: "sleep 60\n" };
const fleet = (count: number, more: Partial<InstanceSeed> = {}): InstanceSeed[] =>
  Array.from({ length: count }, (_, n) => ({
    instanceId: `i-${String(n + 1).padStart(4, "0")}`,
    tags: { role: "web" },
    ...more,
  }));
const slow = { behaviour: { afterMs: 60_000 } };
const inputs = {
  script,
  timeout: 600,
  targets: { tags: { role: "web" } },
  rollout: { batchSize: 2, maxFailures: 6 },
};

/** An up that is stopped from elsewhere as soon as its nth call is accepted. */
async function upAndStop(
  kept: Kept | undefined,
  nthCall: number,
  args: readonly string[],
  options: CliOptions = {},
): Promise<{ readonly up: UpEnd; readonly cli: CliEnd }> {
  const clock = virtualClock(emulator);
  const already = emulator.requests.list({ action: "RunCommand" }).length;
  const stopped = emulator.requests
    .wait({ action: "RunCommand" }, already + nthCall)
    .then(() => cli(emulator, args, { clock, kept: { run: kept }, ...options }));
  const ended = await up(emulator, kept, inputs, { clock });
  return { up: ended, cli: await stopped };
}

const holdIn = (out: string): string => /CLOUD_ASSISTANT_RESUME=(\S+)/.exec(out)![1]!;
const statusesOf = (kept: Kept | undefined): string[] =>
  Object.values(rowsOf(kept)).map((row) => row.status);
const byUrn = ["stop", "--urn", urnOf("run")];

describe("stop", () => {
  test("in mid-run the provider sees the hold at its next look: held, and nothing more is called", async () => {
    emulator = await startVirtual({ instances: fleet(6, slow) });
    const { up: first, cli: stop } = await upAndStop(undefined, 2, [
      ...byUrn,
      "--reason",
      "disk full",
    ]);
    expect(stop).toMatchObject({ code: 0, err: "" });
    expect(launches(emulator)).toHaveLength(2);
    const hold = holdIn(stop.out);
    expect(stateOf(first.kept)).toMatchObject({ status: "Held", holdId: hold });
    expect(hold).toMatch(new RegExp(`^${stateOf(first.kept).runId}\\.[a-z0-9]{8}$`));
    expect(first.failure?.message).toContain(
      `it was stopped from elsewhere (hold ${hold}: disk full)`,
    );
    expect(statusesOf(first.kept)).toEqual([
      "Success",
      "Success",
      "Terminated",
      "Terminated",
      "NotStarted",
      "NotStarted",
    ]);
  });

  test("both batches carry the hold, and only what was alive is stopped", async () => {
    emulator = await startVirtual({ instances: fleet(6, slow) });
    const { cli: stop } = await upAndStop(undefined, 2, byUrn);
    const tags = emulator.invocations().map((one) => one.tags[tagKeys.hold]);
    expect(tags).toEqual([holdIn(stop.out), holdIn(stop.out)]);
    const stops = emulator.requests.list({ action: "StopInvocation" });
    expect(stops.map((entry) => entry.params.InvokeId)).toEqual([
      stop.out.match(/told to stop: (\S+) on 2 machines/)![1],
    ]);
    expect(stop.out).toContain("two looks in a row found nothing new");
  });

  test("the next up calls nothing, and says how to release", async () => {
    emulator = await startVirtual({ instances: fleet(6, slow) });
    const { up: first } = await upAndStop(undefined, 2, byUrn);
    emulator.requests.clear();
    const again = await up(emulator, first.kept, inputs);
    expect(mutatingCalls(emulator)).toEqual([]);
    expect(stateOf(again.kept).status).toBe("Held");
    expect(again.failure?.message).toContain(
      `CLOUD_ASSISTANT_RESUME=${stateOf(first.kept).holdId}`,
    );
    const refreshed = await refresh(emulator, again.kept!);
    const third = await up(emulator, refreshed, { ...inputs, timeout: 900 });
    expect(mutatingCalls(emulator)).toEqual([]);
    expect(stateOf(third.kept)).toMatchObject({
      status: "Held",
      holdId: stateOf(first.kept).holdId,
    });
  });

  test("resumed by its id it goes on: what was stopped is tried again, then who was never reached", async () => {
    emulator = await startVirtual({ instances: fleet(6, slow) });
    const { up: first } = await upAndStop(undefined, 2, byUrn);
    emulator.requests.clear();
    const env = { CLOUD_ASSISTANT_RESUME: stateOf(first.kept).holdId };
    const { kept, failure, lines } = await up(emulator, first.kept, inputs, { env });
    expect(failure).toBeUndefined();
    expect(launches(emulator)).toEqual([
      ["i-0003", "i-0004"],
      ["i-0005", "i-0006"],
    ]);
    expect(lines.join("\n")).toContain("is released");
    expect(stateOf(kept)).toMatchObject({
      status: "Success",
      holdId: "",
      runId: stateOf(first.kept).runId,
      releasedHolds: [stateOf(first.kept).holdId],
    });
    expect(rowsOf(kept)["i-0003"]).toMatchObject({ status: "Success", attempt: 2 });
  });

  test("an id that was released before is one printed line, and calls nothing", async () => {
    emulator = await startVirtual({ instances: fleet(6, slow) });
    const { up: first } = await upAndStop(undefined, 2, byUrn);
    const env = { CLOUD_ASSISTANT_RESUME: stateOf(first.kept).holdId };
    const resumed = await up(emulator, first.kept, inputs, { env });
    emulator.requests.clear();
    const again = await up(emulator, resumed.kept, inputs, { env });
    expect(mutatingCalls(emulator)).toEqual([]);
    expect(again.lines.filter((line) => line.includes("was released before"))).toHaveLength(1);
  });

  test("the id of another hold is one printed line, and the run stays held", async () => {
    emulator = await startVirtual({ instances: fleet(6, slow) });
    const { up: first } = await upAndStop(undefined, 2, byUrn);
    emulator.requests.clear();
    const env = { CLOUD_ASSISTANT_RESUME: "of-another-run.abcdefgh" };
    const again = await up(emulator, first.kept, inputs, { env });
    expect(mutatingCalls(emulator)).toEqual([]);
    expect(stateOf(again.kept).status).toBe("Held");
    expect(again.lines.filter((line) => line.includes("is of another hold"))).toHaveLength(1);
  });

  test("abandoned it ends green with its ledger, and later ups have nothing to do", async () => {
    emulator = await startVirtual({ instances: fleet(6, slow) });
    const { up: first } = await upAndStop(undefined, 2, byUrn);
    emulator.requests.clear();
    const env = { CLOUD_ASSISTANT_ABANDON: stateOf(first.kept).holdId };
    const left = await up(emulator, first.kept, inputs, { env });
    expect(left.failure).toBeUndefined();
    expect(stateOf(left.kept)).toMatchObject({ status: "Abandoned", holdId: "" });
    expect(rowsOf(left.kept)).toEqual(rowsOf(first.kept));
    expect((await up(emulator, left.kept, inputs)).operation).toBe("same");
    expect(mutatingCalls(emulator)).toEqual([]);
  });

  test("twice it is two holds, and each is released once", async () => {
    emulator = await startVirtual({ instances: fleet(6, slow) });
    const { up: first } = await upAndStop(undefined, 2, byUrn);
    const one = stateOf(first.kept).holdId;
    const second = await cli(emulator, ["stop", "run"], { kept: { run: first.kept } });
    const other = holdIn(second.out);
    expect(second.code).toBe(0);
    expect(other).not.toBe(one);
    expect(second.out).toContain(`Hold ${one} is in force as well`);
    emulator.requests.clear();
    const still = await up(emulator, first.kept, inputs, { env: { CLOUD_ASSISTANT_RESUME: one } });
    expect(launches(emulator)).toEqual([]);
    expect(stateOf(still.kept)).toMatchObject({
      status: "Held",
      holdId: other,
      releasedHolds: [one],
    });
    const env = { CLOUD_ASSISTANT_RESUME: other };
    const resumed = await up(emulator, still.kept, inputs, { env });
    expect(resumed.failure).toBeUndefined();
    expect(stateOf(resumed.kept)).toMatchObject({ status: "Success", releasedHolds: [one, other] });
    expect(launches(emulator).flat().sort()).toEqual(["i-0003", "i-0004", "i-0005", "i-0006"]);
  });

  test("between two batches, in a pause, it is seen before the next call", async () => {
    emulator = await startVirtual({ instances: fleet(4) });
    const paused = { ...inputs, rollout: { batchSize: 2, pauseBetweenBatches: 600 } };
    const clock = virtualClock(emulator);
    const stopped = emulator.requests
      .wait({ action: "DescribeInvocationResults" }, 1)
      .then(() => cli(emulator, byUrn, { clock }));
    const ended = await up(emulator, undefined, paused, { clock });
    const stop = await stopped;
    expect(stop.out).toContain("0 machines told to stop");
    expect(launches(emulator)).toHaveLength(1);
    expect(stateOf(ended.kept)).toMatchObject({ status: "Held", holdId: holdIn(stop.out) });
    expect(statusesOf(ended.kept)).toEqual(["Success", "Success", "NotStarted", "NotStarted"]);
  });

  test("between a look and a call it lets that batch run, and no more", async () => {
    emulator = await startVirtual({ instances: fleet(5) });
    let calls = 0;
    let said = "";
    const around =
      (raw: RawCall): RawCall =>
      async (action, request) => {
        if (action === "RunCommand" && (calls += 1) === 2) said = (await cli(emulator, byUrn)).out;
        return raw(action, request);
      };
    const each = { ...inputs, rollout: { batchSize: 1 } };
    const ended = await up(emulator, undefined, each, { around });
    expect(launches(emulator)).toEqual([["i-0001"], ["i-0002"]]);
    expect(stateOf(ended.kept)).toMatchObject({ status: "Held", holdId: holdIn(said) });
  });

  /** A process whose run is stopped from elsewhere as soon as its sweep has looked. */
  function stoppedInTheSweep(args: readonly string[], kept?: Kept): Process {
    let listed = false;
    let done = false;
    return newProcess(emulator, {
      around: (raw) => async (action, request) => {
        const answer = await raw(action, request);
        // A check looks as well; an update has listed what there is before.
        listed ||= action === "DescribeInvocations" && JSON.stringify(request).includes(":owner");
        if (action === "DescribeCloudAssistantStatus" && listed && !done) {
          done = true;
          expect(await cli(emulator, args, { kept: { run: kept } })).toMatchObject({ code: 0 });
          await emulator.clock.advanceTo(emulator.clock.now() + 60_000);
        }
        return answer;
      },
    });
  }

  test("while a run that goes on waits for readiness it is seen before the first batch", async () => {
    emulator = await startVirtual({ instances: fleet(5) });
    const each = { ...inputs, rollout: { batchSize: 1 } };
    const signal = { afterMs: 500, run: () => cut.signals.windDown("SIGINT was received") };
    const cut: Process = newProcess(emulator, { clock: timed(emulator, [signal]) });
    const first = await up(emulator, undefined, each, { process: cut });
    expect(stateOf(first.kept).status).toBe("Interrupted");
    emulator.requests.clear();
    const process = stoppedInTheSweep(["stop", "run"], first.kept);
    const second = await up(emulator, first.kept, each, { process });
    expect(launches(emulator)).toEqual([]);
    expect(stateOf(second.kept).status).toBe("Held");
  });

  test("while a new run waits for readiness it is seen as well, though only the earlier run can carry it", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const first = await up(emulator, undefined, inputs);
    emulator.requests.clear();
    const other = { ...inputs, script: { content: "echo other\n" } };
    const process = stoppedInTheSweep(["stop", "run"], first.kept);
    const second = await up(emulator, first.kept, other, { process });
    expect(launches(emulator)).toEqual([]);
    const { status, holdId } = stateOf(second.kept);
    expect(status).toBe("Held");
    const env = { CLOUD_ASSISTANT_RESUME: holdId };
    expect(stateOf((await up(emulator, second.kept, other, { env })).kept).status).toBe("Success");
  });

  test("what still runs of an earlier run is stopped too, whatever its mark says", async () => {
    emulator = await startVirtual({ instances: fleet(1, { behaviour: { afterMs: 3_000_000 } }) });
    const patient = { ...inputs, timeout: 6_000, wait: { timeout: 10 } };
    const first = await up(emulator, undefined, patient);
    await up(emulator, first.kept, { ...patient, script: { content: "echo other\n" } });
    expect(launches(emulator)).toHaveLength(2);
    const end = await cli(emulator, byUrn);
    expect(end).toMatchObject({ code: 0, err: "" });
    expect(emulator.invocations().map(({ status }) => status)).toEqual(["Stopped", "Stopped"]);
  });

  test("before anything was accepted it is an error, and sets nothing", async () => {
    emulator = await startVirtual({ instances: fleet(1) });
    const end = await cli(emulator, byUrn);
    expect(end).toMatchObject({ code: 1, out: "" });
    expect(end.err).toContain("error: NothingToStop: Nothing was accepted yet");
    expect(mutatingCalls(emulator)).toEqual([]);
  });

  test("a run that is killed and then stopped stays held, and is resumed with all that was stopped", async () => {
    emulator = await startVirtual({ instances: fleet(6, slow) });
    const { kept } = await cutOff();
    const stop = await cli(emulator, ["stop", "run"], { kept: { run: kept } });
    expect(stop.code).toBe(0);
    emulator.requests.clear();
    const held = await up(emulator, kept, inputs);
    expect(launches(emulator)).toEqual([]);
    expect(stateOf(held.kept)).toMatchObject({ status: "Held", holdId: holdIn(stop.out) });
    const env = { CLOUD_ASSISTANT_RESUME: holdIn(stop.out) };
    const resumed = await up(emulator, held.kept, inputs, { env });
    expect(resumed.failure).toBeUndefined();
    expect(launches(emulator).flat().sort()).toEqual(["i-0003", "i-0004", "i-0005", "i-0006"]);
  });

  test("what a hold stopped is tried again also by the up that is the first to see the hold", async () => {
    emulator = await startVirtual({ instances: fleet(6, slow) });
    const { kept } = await cutOff();
    const stop = await cli(emulator, ["stop", "run"], { kept: { run: kept } });
    emulator.requests.clear();
    const env = { CLOUD_ASSISTANT_RESUME: holdIn(stop.out) };
    const resumed = await up(emulator, kept, inputs, { env });
    expect(resumed.failure).toBeUndefined();
    expect(stateOf(resumed.kept)).toMatchObject({
      status: "Success",
      releasedHolds: [holdIn(stop.out)],
    });
    expect(launches(emulator).flat().sort()).toEqual(["i-0003", "i-0004", "i-0005", "i-0006"]);
    expect(rowsOf(resumed.kept)["i-0003"]).toMatchObject({ status: "Success", attempt: 2 });
  });

  test("an up that is the first to see the hold can abandon it: nothing is called, and it ends green", async () => {
    emulator = await startVirtual({ instances: fleet(6, slow) });
    const { kept } = await cutOff();
    const stop = await cli(emulator, ["stop", "run"], { kept: { run: kept } });
    emulator.requests.clear();
    const env = { CLOUD_ASSISTANT_ABANDON: holdIn(stop.out) };
    const left = await up(emulator, kept, inputs, { env });
    expect(left.failure).toBeUndefined();
    expect(stateOf(left.kept)).toMatchObject({
      status: "Abandoned",
      releasedHolds: [holdIn(stop.out)],
    });
    expect(launches(emulator)).toEqual([]);
  });

  test("a create that lost its state meets the hold as well, in every way of releasing it", async () => {
    emulator = await startVirtual({ instances: fleet(6, slow) });
    await cutOff();
    const stop = await cli(emulator, byUrn);
    const hold = holdIn(stop.out);
    emulator.requests.clear();
    const held = await up(emulator, undefined, inputs);
    expect(launches(emulator)).toEqual([]);
    expect(stateOf(held.kept)).toMatchObject({ status: "Held", holdId: hold });
    const left = await up(emulator, undefined, inputs, { env: { CLOUD_ASSISTANT_ABANDON: hold } });
    expect(launches(emulator)).toEqual([]);
    expect(stateOf(left.kept)).toMatchObject({ status: "Abandoned", releasedHolds: [hold] });
    const resumed = await up(emulator, undefined, inputs, {
      env: { CLOUD_ASSISTANT_RESUME: hold },
    });
    expect(resumed.failure).toBeUndefined();
    expect(launches(emulator).flat().sort()).toEqual(["i-0003", "i-0004", "i-0005", "i-0006"]);
  });

  test("by name it finds the owner in the state, also of a resource that was renamed", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const { kept } = await up(emulator, undefined, { ...inputs, name: "old" });
    const end = await cli(emulator, ["stop", "new"], { kept: { new: kept } });
    expect(end.code).toBe(0);
    expect(emulator.invocations()[0]!.tags[tagKeys.hold]).toBe(holdIn(end.out));
    const byNewUrn = await cli(emulator, ["stop", "--urn", urnOf("new")], { kept: { new: kept } });
    expect(byNewUrn.code).toBe(0);
  });

  test("by name it finds a first create that Pulumi has noted as pending", async () => {
    emulator = await startVirtual({ instances: fleet(6, slow) });
    const pending = {
      type: "creating",
      resource: {
        urn: urnOf("run"),
        type: urnOf("run").split("::")[2],
        inputs: { organization: "organization" },
      },
    };
    const options = { kept: {}, pending: [pending] };
    const { up: first, cli: stop } = await upAndStop(undefined, 1, ["stop", "run"], options);
    expect(stop.code).toBe(0);
    expect(stateOf(first.kept)).toMatchObject({ status: "Held", holdId: holdIn(stop.out) });
  });

  test("a name that is not in the state is an error with the names there are and the URN to write", async () => {
    emulator = await startVirtual({ instances: fleet(1) });
    const { kept } = await up(emulator, undefined, inputs);
    const end = await cli(emulator, ["stop", "rnu"], { kept: { run: kept } });
    expect(end.code).toBe(1);
    expect(end.err).toContain('Given: "rnu". Allowed: run.');
    expect(end.err).toContain(`--urn ${urnOf("rnu")}`);
  });

  test("an owner is enough, and needs no Pulumi at all", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const { kept } = await up(emulator, undefined, inputs);
    const end = await cli(emulator, ["stop", "--owner", stateOf(kept).owner], {
      pulumi: () => Promise.resolve({ kind: "missing", reason: "pulumi: spawn pulumi ENOENT" }),
    });
    expect(end).toMatchObject({ code: 0, err: "" });
  });

  test("without Pulumi a name is an error that says what it ran and what else there is", async () => {
    emulator = await startVirtual();
    const end = await cli(emulator, ["stop", "run"], {
      pulumi: () => Promise.resolve({ kind: "missing", reason: "pulumi: spawn pulumi ENOENT" }),
    });
    expect(end.code).toBe(1);
    expect(end.err).toContain("StackUnreadable");
    expect(end.err).toContain("PULUMI_COMMAND");
  });

  test("the stack's owner salt is part of a URN's owner, and the environment comes first", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const config = { "cloud-assistant:ownerSalt": "blue" };
    await up(emulator, undefined, inputs, { config });
    expect((await cli(emulator, byUrn)).code).toBe(1);
    expect((await cli(emulator, byUrn, { config })).code).toBe(0);
    const env = { CLOUD_ASSISTANT_OWNER_SALT: "green" };
    expect((await cli(emulator, byUrn, { config, env })).code).toBe(1);
  });

  test("a run without tags: what is alive is stopped, and it says that the provider cannot be told", async () => {
    emulator = await startVirtual({ instances: fleet(2, slow) });
    const untagged = { ...inputs, ownership: "none", wait: { timeout: 1 } };
    const { kept } = await up(emulator, undefined, untagged);
    const end = await cli(emulator, ["stop", "run"], { kept: { run: kept } });
    expect(end.code).toBe(0);
    expect(end.out).toContain("the provider cannot be told");
    expect(end.out).toContain("no hold is set");
    expect(mutatingCalls(emulator)).toEqual(["RunCommand", "StopInvocation"]);
    expect((await cli(emulator, ["stop", "run"], { kept: { run: kept } })).code).toBe(1);
  });

  test("credentials of another account stop nothing", async () => {
    const accounts = ["a", "b"].map((name, n) => ({
      accountId: `100000000000000${n}`,
      accessKeyId: `key-${name}`,
      accessKeySecret: `secret-${name}`,
    }));
    emulator = await startVirtual({ instances: fleet(2), accounts });
    const { kept } = await up(emulator, undefined, inputs);
    emulator.requests.clear();
    const env = {
      CLOUD_ASSISTANT_ACCESS_KEY_ID: "key-b",
      CLOUD_ASSISTANT_ACCESS_KEY_SECRET: "secret-b",
    };
    const end = await cli(emulator, ["stop", "run"], { kept: { run: kept }, env });
    expect(end.code).toBe(1);
    expect(end.err).toContain("WrongAccount");
    expect(mutatingCalls(emulator)).toEqual([]);
  });

  test("more machines than a stop takes are stopped fifty at a time where some have ended", async () => {
    emulator = await startVirtual({
      instances: fleet(100, slow).map((one, n) => (n === 0 ? { ...one, behaviour: {} } : one)),
    });
    const env = { CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: "100" };
    const wide = { ...inputs, rollout: {}, wait: { timeout: 1 } };
    const { kept } = await up(emulator, undefined, wide, { env });
    await cli(emulator, ["stop", "run"], { kept: { run: kept } });
    const stops = emulator.requests.list({ action: "StopInvocation" });
    expect(
      stops.map((one) => Object.keys(one.params).filter((key) => /^InstanceId/.test(key)).length),
    ).toEqual([50, 49]);
    expect(emulator.tasks().filter((task) => task.status === "Terminated")).toHaveLength(99);
  });

  test("an id that is added under a hold waits, and runs with the rest when it is released", async () => {
    emulator = await startVirtual({ instances: fleet(7, slow) });
    const ids = fleet(6).map((one) => one.instanceId!);
    const named = { ...inputs, targets: { instanceIds: ids.slice(0, 4) } };
    const clock = virtualClock(emulator);
    const stopped = emulator.requests
      .wait({ action: "RunCommand" }, 1)
      .then(() => cli(emulator, byUrn, { clock }));
    const first = await up(emulator, undefined, named, { clock });
    const hold = holdIn((await stopped).out);
    const more = { ...named, targets: { instanceIds: ids } };
    emulator.requests.clear();
    const held = await up(emulator, first.kept, more);
    expect(mutatingCalls(emulator)).toEqual([]);
    expect(statusesOf(held.kept).slice(2)).toEqual(Array(4).fill("NotStarted"));
    const env = { CLOUD_ASSISTANT_RESUME: hold };
    const resumed = await up(emulator, held.kept, more, { env });
    expect(resumed.failure).toBeUndefined();
    expect(launches(emulator).flat()).toEqual(ids);
  });

  test("after a failed run it keeps the next up from trying again", async () => {
    const behaviour = {
      rules: [{ attempt: 1, outcome: { kind: "finish" as const, exitCode: 3 } }],
    };
    emulator = await startVirtual({ instances: fleet(1, { behaviour }) });
    const strict = { ...inputs, rollout: {} };
    const failed = await up(emulator, undefined, strict);
    expect(stateOf(failed.kept).status).toBe("Failed");
    const stop = await cli(emulator, ["stop", "run"], { kept: { run: failed.kept } });
    emulator.requests.clear();
    const held = await up(emulator, failed.kept, strict);
    expect(launches(emulator)).toEqual([]);
    expect(stateOf(held.kept)).toMatchObject({ status: "Held", holdId: holdIn(stop.out) });
    const env = { CLOUD_ASSISTANT_RESUME: holdIn(stop.out) };
    const resumed = await up(emulator, held.kept, strict, { env });
    expect(stateOf(resumed.kept).status).toBe("Success");
    expect(launches(emulator)).toEqual([["i-0001"]]);
  });

  test("new inputs make a new run in spite of a hold, and the old hold holds nothing of it", async () => {
    emulator = await startVirtual({ instances: fleet(6, slow) });
    const { up: first } = await upAndStop(undefined, 2, byUrn);
    emulator.requests.clear();
    const anew = await up(emulator, first.kept, { ...inputs, script: { content: "echo new\n" } });
    expect(anew.failure).toBeUndefined();
    expect(launches(emulator).flat()).toHaveLength(6);
    expect(stateOf(anew.kept)).toMatchObject({ status: "Success", holdId: "" });
  });

  test("nobody or two at once to stop is a misuse", async () => {
    emulator = await startVirtual();
    for (const args of [["stop"], ["stop", "run", "--owner", "x"], ["stop", "--nonsense"]]) {
      expect((await cli(emulator, args)).code).toBe(2);
    }
    const { err } = await cli(emulator, ["stop", "run", "--owner", "x"]);
    expect(err).toContain("Given: run, x. Allowed: one of NAME, --urn URN and --owner ID.");
  });

  /** An up whose engine went away after the second call, with everything saved that it knew. */
  async function cutOff(): Promise<UpEnd> {
    const process = newProcess(emulator);
    const gone = emulator.requests.wait({ action: "RunCommand" }, 2).then(() => {
      process.leave();
    });
    const end = await up(emulator, undefined, inputs, { process });
    await gone;
    expect(stateOf(end.kept).status).toBe("Interrupted");
    return end;
  }
});

describe("orphans", () => {
  test("lists what no state owns, the living first, and stops one only when asked to", async () => {
    emulator = await startVirtual({ instances: fleet(2, slow) });
    const brief = { ...inputs, rollout: {}, wait: { timeout: 1 } };
    const mine = await up(emulator, undefined, { ...brief, name: "mine" });
    const ended = await up(emulator, undefined, { ...inputs, rollout: {}, name: "ended" });
    const living = await up(emulator, undefined, { ...brief, name: "living" });
    const kept = { mine: mine.kept };
    emulator.requests.clear();
    const list = await cli(emulator, ["orphans"], { kept });
    const [id] = stateOf(living.kept).invocationIds;
    expect(list).toMatchObject({ code: 0, err: "" });
    expect(list.out.split("\n").slice(0, 2)).toEqual([
      expect.stringMatching(new RegExp(`^${id}  Running  living on 2 of 2  created `)),
      expect.stringMatching(
        new RegExp(`^${stateOf(ended.kept).invocationIds[0]}  Success  ended on 2 `),
      ),
    ]);
    expect(list.out).toContain("1 living and 1 ended invocations");
    expect(list.out).not.toContain(stateOf(mine.kept).owner);
    expect(mutatingCalls(emulator)).toEqual([]);

    const stopped = await cli(emulator, ["orphans", "--stop", id!]);
    expect(stopped.out).toContain(`${id}  Running  living on 2 of 2`);
    expect(stopped.out).toContain(`told to stop: ${id} on 2 of 2 machines`);
    expect(mutatingCalls(emulator)).toEqual(["StopInvocation"]);
    const again = await cli(emulator, ["orphans", "--stop", id!]);
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining("ended already") });
    expect(mutatingCalls(emulator)).toEqual(["StopInvocation"]);
  });

  test("what a destroy has closed is only counted, unless all is asked for", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const { kept } = await up(emulator, undefined, inputs);
    await destroy(emulator, kept!);
    const list = await cli(emulator, ["orphans"]);
    expect(list.out).toBe(
      `nothing in region cn-hangzhou is without an owner; 1 closed ones are not shown (--all)\n`,
    );
    expect((await cli(emulator, ["orphans", "--all"])).out).toContain("closed\n");
  });

  test("lists saved commands that no stack has", async () => {
    emulator = await startVirtual();
    const made = await newProcess(emulator).runtime.command.create({
      name: "left",
      content: "echo left\n",
      type: "RunShellScript",
      resourceUrn: "urn:pulumi:test::project::pulumi-nodejs:dynamic/cloud-assistant:Command::left",
      organization: "organization",
    });
    const list = await cli(emulator, ["orphans"]);
    expect(list.out).toContain(`command ${made.id}  left  owner `);
    const owned = {
      urn: "urn:pulumi:test::project::pulumi-nodejs:dynamic/cloud-assistant:Command::left",
      type: "pulumi-nodejs:dynamic/cloud-assistant:Command",
      id: made.id,
    };
    const empty = await cli(emulator, ["orphans"], { resources: [owned] });
    expect(empty.out).toBe("nothing in region cn-hangzhou is without an owner\n");
  });

  test("an invocation that is not of this package is never stopped", async () => {
    emulator = await startVirtual({ instances: fleet(1, slow) });
    const { kept } = await up(emulator, undefined, {
      ...inputs,
      rollout: {},
      ownership: "none",
      wait: { timeout: 1 },
    });
    const [id] = stateOf(kept).invocationIds;
    const end = await cli(emulator, ["orphans", "--stop", id!]);
    expect(end.code).toBe(1);
    expect(end.err).toContain("NotFound: The invocation is not of this package");
    expect(emulator.tasks()[0]!.status).toBe("Running");
  });
});

describe("output", () => {
  const printing = (output: string): Partial<InstanceSeed> => ({
    behaviour: { outcome: { kind: "finish", exitCode: 0, output } },
  });

  test("a pipe gets every byte that the service keeps, more than the state does", async () => {
    const lines = Array.from({ length: 600 }, (_, n) => `line ${n} ${"x".repeat(30)}\n`).join("");
    emulator = await startVirtual({ instances: fleet(1, printing(lines)) });
    const { kept } = await up(emulator, undefined, inputs);
    expect(rowsOf(kept)["i-0001"]!.output!.length).toBe(1_024);
    const end = await cli(emulator, ["output", "run", "i-0001"], { kept: { run: kept } });
    expect(end).toMatchObject({ code: 0, err: "" });
    expect(end.out).toBe(lines.slice(-24_576));
  });

  /** Field case ou-3. */
  test("bytes that are no text arrive unchanged in a file, and never repaint a terminal", async () => {
    const content = Buffer.from(
      "cHJpbnRmICdjYWZcMzUxXDAwMFwwMzNbMzFtcmVkXDAzM1swbVxuJzsgZXhpdCAzCg==",
      "base64",
    ).toString("utf8");
    emulator = await startVirtual({ backend: "exec", instances: [{ instanceId: "i-0001" }] });
    const odd = { script: { content }, targets: { instanceIds: ["i-0001"] } };
    const { kept, failure, lines } = await up(emulator, undefined, odd);
    const args = ["output", "run", "i-0001"];
    const end = await cli(emulator, args, { kept: { run: kept } });
    expect(end.bytes.toString("base64")).toBe("Y2Fm6QAbWzMxbXJlZBtbMG0K");
    const shown = await cli(emulator, args, { kept: { run: kept }, terminal: true });
    for (const text of [shown.out, failure!.message, ...lines]) {
      expect(text).not.toContain("\u0000");
      expect(text).not.toContain("\u001b");
    }
    expect(shown.out).toMatch(/^caf.*red/);
  });

  test("a terminal, and CI, get it made harmless, unless the raw bytes are asked for", async () => {
    const nasty = "\u001b[31mred\u001b[0m\n::error::pwned\n##[group]x\n\u0000\u0007end\n";
    emulator = await startVirtual({ instances: fleet(1, printing(nasty)) });
    const { kept } = await up(emulator, undefined, inputs);
    const args = ["output", "run", "i-0001"];
    const options = { kept: { run: kept } };
    const calm = "red\n: :error::pwned\n# #[group]x\n\ufffd\ufffdend\n";
    expect((await cli(emulator, args, { ...options, terminal: true })).out).toBe(calm);
    expect((await cli(emulator, args, { ...options, env: { CI: "true" } })).out).toBe(calm);
    expect((await cli(emulator, args, { ...options, env: { CI: "false" } })).out).toBe(nasty);
    const raw = { ...options, terminal: true, env: { CI: "true" } };
    expect((await cli(emulator, [...args, "--raw"], raw)).out).toBe(nasty);
  });

  test("values of secret inputs are taken out of the bytes, line by line, and nothing else is", async () => {
    const secret = "first-secret-line\n  second-secret-é \nshort";
    const printed = `a first-secret-line b second-secret-é c 1 short ${String.fromCharCode(0)}\n`;
    emulator = await startVirtual({ instances: fleet(1, printing(printed)) });
    const { kept } = await up(emulator, undefined, {
      ...inputs,
      script: { content: "echo {{s}}{{one}}\n" },
      parameters: { s: secret, one: "1" },
      secretInputs: ["parameters.s", "parameters.one"],
    });
    const args = ["output", "run", "i-0001", "--raw"];
    const options = { kept: { run: kept } };
    const end = await cli(emulator, args, options);
    expect(end.err).toBe("");
    expect(end.out).toBe(`a [secret] b [secret] c 1 short ${String.fromCharCode(0)}\n`);
    expect((await cli(emulator, [...args, "--show-secrets"], options)).out).toBe(printed);
  });

  test("where the secrets cannot be read nothing is shown, and it says how", async () => {
    emulator = await startVirtual({ instances: fleet(1, printing("my-secret-value\n")) });
    const { kept } = await up(emulator, undefined, {
      ...inputs,
      script: { content: "echo {{s}}\n" },
      parameters: { s: "my-secret-value" },
      secretInputs: ["parameters.s"],
    });
    const end = await cli(emulator, ["output", "run", "i-0001"], {
      kept: { run: kept },
      locked: true,
    });
    expect(end).toMatchObject({ code: 1, out: "" });
    expect(end.err).toContain("SecretsHidden: run has secret inputs (parameters.s)");
    expect(end.err).toContain("PULUMI_CONFIG_PASSPHRASE");
  });

  test("an output that is secret as a whole is shown only on demand", async () => {
    emulator = await startVirtual({ instances: fleet(1, printing("all of it\n")) });
    const { kept } = await up(emulator, undefined, { ...inputs, output: { secret: true } });
    const options = { kept: { run: kept } };
    const end = await cli(emulator, ["output", "run", "i-0001"], options);
    expect(end).toMatchObject({ code: 1, out: "" });
    const shown = await cli(emulator, ["output", "run", "i-0001", "--show-secrets"], options);
    expect(shown.out).toBe("all of it\n");
  });

  test("a machine that the run does not have, or never ran on, is named with those that there are", async () => {
    emulator = await startVirtual({ instances: fleet(2, printing("x")) });
    const { kept } = await up(emulator, undefined, inputs);
    const options = { kept: { run: kept } };
    const end = await cli(emulator, ["output", "run", "i-9"], options);
    expect(end.code).toBe(1);
    expect(end.err).toContain('has no such machine. Given: "i-9". Allowed: i-0001, i-0002');
  });

  test("a record that the service no longer has is an error that points to the state", async () => {
    emulator = await startVirtual({ instances: fleet(1, printing("x")) });
    const { kept } = await up(emulator, undefined, inputs);
    await emulator.clock.advance(31 * 86_400_000);
    const end = await cli(emulator, ["output", "run", "i-0001"], { kept: { run: kept } });
    expect(end.code).toBe(1);
    expect(end.err).toContain("NotFound: The service has no record");
  });

  test("the last of a hundred machines is found like the first", async () => {
    emulator = await startVirtual({
      instances: fleet(100).map((one) => ({ ...one, ...printing(`out-${one.instanceId}`) })),
    });
    const env = { CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: "100" };
    const { kept } = await up(emulator, undefined, { ...inputs, rollout: {} }, { env });
    const end = await cli(emulator, ["output", "run", "i-0100"], { kept: { run: kept } });
    expect(end.out).toBe("out-i-0100");
  });
});

test("every command has help with examples and exit codes, and no colour", async () => {
  emulator = await startVirtual();
  for (const command of ["stop", "orphans", "output", "runs"]) {
    const end = await cli(emulator, [command, "--help"], { terminal: true });
    expect(end).toMatchObject({ code: 0, err: "" });
    expect(end.out).toContain("Examples:");
    expect(end.out).toContain("Exit codes:");
    expect(end.out).not.toContain("\u001b");
  }
});
