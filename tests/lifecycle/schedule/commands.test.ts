/** No command is left behind that nobody owns, after any sequence of edits. */
import { createHash } from "node:crypto";
import type { Emulator } from "cloud-assistant-emulator";
import { destroy, refresh, startVirtual, up, type Kept } from "../../support/lifecycle.js";
import { Dice } from "../../support/dice.js";
import { apiOf, armedMembers, commandIds, fleet, idOf, living, web } from "./support/schedules.js";

let emulator: Emulator;
afterEach(() => emulator.close());

const env = { CLOUD_ASSISTANT_MAX_INSTANCES_PER_CALL: "2" };
const saved = "echo {{who}}\n";

/** A command that a `Command` of the program has made: that one owns it, and nobody else. */
async function create(): Promise<Record<string, unknown>> {
  const { commandId } = await apiOf(emulator).call("CreateCommand", {
    name: "job",
    type: "RunShellScript",
    commandContent: Buffer.from(saved).toString("base64"),
    contentEncoding: "Base64",
    enableParameter: true,
    clientToken: "made-once",
  });
  return {
    commandId,
    name: "job",
    type: "RunShellScript",
    contentHash: createHash("sha256").update(saved).digest("hex"),
    enableParameter: true,
    parameterNames: ["who"],
    timeout: 60,
  };
}

function edit(dice: Dice, command: Record<string, unknown>): Record<string, unknown> {
  const what = dice.pick<Record<string, unknown>>([
    { command, parameters: { who: dice.pick(["one", "two"]) } },
    { script: { content: saved }, parameters: { who: dice.pick(["one", "two"]) } },
    { script: { content: dice.pick(["echo one\n", "echo two\n"]) } },
  ]);
  const when = dice.pick<Record<string, unknown> | undefined>([
    { cron: dice.pick(["0 */10 * * * ?", "0 */15 * * * ?"]), timezone: "UTC" },
    { rate: dice.pick(["30m", "1h"]) },
    { at: "2027-01-01T00:00:00Z" },
    { boot: dice.pick(["next", "every"]) },
    undefined,
  ]);
  return {
    ...what,
    targets: web,
    ...(dice.chance(0.3) ? { workingDir: "/srv" } : {}),
    ...(when === undefined
      ? {}
      : { schedule: { ...when, ...(dice.chance(0.2) ? { suspend: true } : {}) } }),
  };
}

test.each(Array.from({ length: 12 }, (_, n) => n + 1))(
  "edits by seed %d keep no more than one for each living execution, and none in the end",
  async (seed) => {
    const dice = new Dice(seed);
    emulator = await startVirtual({ instances: fleet(5), seed: `commands-${seed}` });
    const command = await create();
    let kept: Kept | undefined;
    for (let step = 0; step < 8; step += 1) {
      if (dice.chance(0.3)) {
        const there = emulator.instances.get(idOf(5))!.tags.role === "web";
        emulator.instances.update(idOf(5), { tags: there ? {} : { role: "web" } });
      }
      if (kept !== undefined && dice.chance(0.2)) kept = await refresh(emulator, kept);
      const end = await up(emulator, kept, edit(dice, command), { env });
      expect(end.failure).toBeUndefined();
      kept = end.kept;
      const executing = new Set(living(emulator).map((one) => one.commandId));
      const owned = new Set([command.commandId as string, ...executing]);
      expect((await commandIds(emulator)).filter((id) => !owned.has(id))).toEqual([]);
      await emulator.clock.advance(dice.below(40) * 60_000);
    }
    await destroy(emulator, kept!);
    expect(armedMembers(emulator)).toEqual([]);
    expect(await commandIds(emulator)).toEqual([command.commandId]);
    // It is free: a command that is in use cannot be deleted.
    await apiOf(emulator).call("DeleteCommand", { commandId: command.commandId as string });
    expect(await commandIds(emulator)).toEqual([]);
  },
);
