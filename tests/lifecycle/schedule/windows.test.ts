/** Windows of docs/discoveries/crash-windows.md that concern schedules, by their names there. */
import type { Emulator } from "cloud-assistant-emulator";
import {
  destroy,
  rowsOf,
  startVirtual,
  stateOf,
  up,
  type Kept,
  type Process,
} from "../../support/lifecycle.js";
import { killed } from "../chaos/killed.js";
import {
  apiOf,
  armedMembers,
  changes,
  expectNeverTwoAtOnce,
  fleet,
  idOf,
  living,
  often,
  runsOf,
  script,
  web,
} from "./support/schedules.js";

let emulator: Emulator;
afterEach(() => emulator.close());

const env = { CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: "2" };

function killedUp(kept: Kept, inputs: Record<string, unknown>, nth: number): Promise<void> {
  const work = (process: Process) => up(emulator, kept, inputs, { process });
  return killed(emulator, { at: "after-mutating", nth }, work, env);
}

describe("same-edit-by-hand is closed: a change that the service takes for an old one is seen, and made", () => {
  const base = { script, targets: web, schedule: often };
  const byHand = { frequency: "0 0 5 * * ? UTC" };
  let count = 0;
  const edit = async (frequency: string): Promise<void> => {
    const [one] = living(emulator);
    await apiOf(emulator).call("ModifyInvocationAttribute", {
      invokeId: one!.invokeId,
      frequency,
      clientToken: `by-hand-${count++}`,
    });
  };
  const frequencies = (): string[] => living(emulator).map((one) => one.frequency);

  test("by an up that heals, however often it was killed before", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const { kept } = await up(emulator, undefined, base, { env });
    for (const nth of [1, 2]) {
      await edit(byHand.frequency);
      await killedUp(kept!, base, nth);
      expect(frequencies()).toEqual([`${often.cron} UTC`]);
    }
    await edit(byHand.frequency);
    const end = await up(emulator, kept, base, { env });
    expect(end.failure).toBeUndefined();
    expect(frequencies()).toEqual([`${often.cron} UTC`]);
    expect((await up(emulator, end.kept, base, { env })).operation).toBe("same");
    await emulator.clock.advanceTo("2026-03-02T08:11:00Z");
    expect(runsOf(emulator, idOf(1))).toEqual(["2026-03-02T08:10:00Z"]);
  });

  test("by an up that changes, where its killed one was undone by hand", async () => {
    emulator = await startVirtual({ instances: fleet(2) });
    const { kept } = await up(emulator, undefined, base, { env });
    const other = { ...base, schedule: { ...often, cron: "0 0 4 * * ?" } };
    await killedUp(kept!, other, 1);
    expect(frequencies()).toEqual(["0 0 4 * * ? UTC"]);
    await edit(`${often.cron} UTC`);
    emulator.requests.clear();
    const end = await up(emulator, kept, other, { env });
    expect(end.failure).toBeUndefined();
    expect(frequencies()).toEqual(["0 0 4 * * ? UTC"]);
    expect(changes(emulator)).toEqual([
      "ModifyInvocationAttribute",
      "ModifyInvocationAttribute",
      "TagResources",
    ]);
    expect((await up(emulator, end.kept, other, { env })).operation).toBe("same");
  });

  test("and a token that stands for another change of the same kind is no error", async () => {
    const asks = { content: "echo {{who}}\n" };
    const first = { ...base, script: asks, parameters: { who: "one" } };
    emulator = await startVirtual({ instances: fleet(2) });
    const { kept } = await up(emulator, undefined, first, { env });
    const [one] = living(emulator);
    const content = (text: string): Promise<unknown> =>
      apiOf(emulator).call("ModifyInvocationAttribute", {
        invokeId: one!.invokeId,
        commandContent: Buffer.from(text).toString("base64"),
        contentEncoding: "Base64",
        enableParameter: true,
        parameters: { who: "one" },
        clientToken: `content-${count++}`,
      });
    await content("echo {{who}} by hand\n");
    await killedUp(kept!, first, 1);
    await content("echo {{who}} by another hand\n");
    const end = await up(emulator, kept, first, { env });
    expect(end.failure).toBeUndefined();
    expect((await up(emulator, end.kept, first, { env })).operation).toBe("same");
  });
});

describe("moment-passed-after-failed-update", () => {
  const at = (moment: string) => ({ script, targets: web, schedule: { at: moment } });
  const first = at("2026-03-02T12:00:00Z");
  const second = at("2026-03-02T09:00:00Z");
  let failed: Kept;
  beforeEach(async () => {
    emulator = await startVirtual({ instances: fleet(4) });
    const { kept } = await up(emulator, undefined, first, { env });
    // The first shard gets the new moment, the second none at all.
    const id = emulator.faults.add({
      match: { action: "RunCommand", after: 1 },
      effect: { kind: "error", status: 403, code: "Forbidden.RAM" },
    });
    const end = await up(emulator, kept, second, { env });
    expect(end.failure).toBeDefined();
    emulator.faults.remove(id);
    failed = end.kept!;
    await emulator.clock.advanceTo("2026-03-02T09:05:00Z");
    emulator.requests.clear();
  });

  test("the moment counts as new, and is refused as past: nothing is called, nothing runs twice", async () => {
    await expect(up(emulator, failed, second, { env })).rejects.toThrow(/^schedule\.at: /);
    expect(changes(emulator)).toEqual([]);
    expect([1, 2, 3, 4].map((n) => runsOf(emulator, idOf(n)))).toEqual([
      ["2026-03-02T09:00:00Z"],
      ["2026-03-02T09:00:00Z"],
      [],
      [],
    ]);
  });

  test("a later moment arms everybody for it once", async () => {
    const end = await up(emulator, failed, at("2026-03-02T10:00:00Z"), { env });
    expect(end.failure).toBeUndefined();
    expect(armedMembers(emulator)).toEqual([1, 2, 3, 4].map(idOf));
    await emulator.clock.advanceTo("2026-03-02T13:00:00Z");
    expect([1, 2, 3, 4].map((n) => runsOf(emulator, idOf(n)).slice(-1))).toEqual(
      Array.from({ length: 4 }, () => ["2026-03-02T10:00:00Z"]),
    );
    expect([1, 2, 3, 4].map((n) => runsOf(emulator, idOf(n)).length)).toEqual([2, 2, 1, 1]);
    expectNeverTwoAtOnce(emulator);
  });

  test("the moment of before is another one again: everybody is armed for it once", async () => {
    const end = await up(emulator, failed, first, { env });
    expect(end.failure).toBeUndefined();
    expect(stateOf(end.kept).status).toBe("Scheduled");
    await emulator.clock.advanceTo("2026-03-02T13:00:00Z");
    expect([1, 2, 3, 4].map((n) => runsOf(emulator, idOf(n)).slice(-1))).toEqual(
      Array.from({ length: 4 }, () => ["2026-03-02T12:00:00Z"]),
    );
    expectNeverTwoAtOnce(emulator);
  });

  test("destroy leaves nothing armed", async () => {
    await destroy(emulator, failed);
    expect(armedMembers(emulator)).toEqual([]);
    expect(Object.keys(rowsOf(failed))).toHaveLength(4);
  });
});
