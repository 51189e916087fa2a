/**
 * State that each released version wrote is kept in fixtures/, and must be read, refreshed, updated
 * and destroyed by the newest code. A new version adds a folder; an old one is never changed.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Emulator } from "cloud-assistant-emulator";
import { cli } from "../support/cli.js";
import { schemaVersion } from "../../provider/src/names.js";
import {
  destroy,
  launches,
  mutatingCalls,
  newProcess,
  refresh,
  startVirtual,
  stateOf,
  up,
  type Kept,
} from "../support/lifecycle.js";

const folder = path.join(__dirname, "fixtures");
const states = readdirSync(folder)
  .filter((name) => name.startsWith("state-v"))
  .flatMap((version) =>
    readdirSync(path.join(folder, version)).map((file): [string, string, Kept] => {
      const text = readFileSync(path.join(folder, version, file), "utf8");
      return [version, path.basename(file, ".json"), JSON.parse(text) as Kept];
    }),
  );

let emulator: Emulator;
beforeEach(async () => {
  // The machines that the states name; their invocations have expired long ago.
  emulator = await startVirtual({
    instances: [1, 2, 3].map((n) => ({ instanceId: `i-000${n}`, tags: { role: "web" } })),
  });
});
afterEach(() => emulator.close());

const inputsOf = (kept: Kept): Record<string, unknown> => {
  const { __provider: _p, plan: _plan, ...inputs } = kept.inputs;
  return inputs;
};

test("there is a fixture of this version", () => {
  expect(states.map(([version]) => version)).toContain(`state-v${schemaVersion}`);
});

test.each(states)("%s, %s: a refresh looks, and changes nothing", async (_v, _n, kept) => {
  const after = await refresh(emulator, kept);
  expect(after.outputs).toEqual(kept.outputs);
  expect(mutatingCalls(emulator)).toEqual([]);
});

test.each(states)(
  "%s, %s: the next up does what the saved run still wants",
  async (_v, name, kept) => {
    const end = await up(emulator, kept, inputsOf(kept));
    const wanted: Record<string, string[][]> = { success: [], failed: [["i-0002"]], held: [] };
    expect(launches(emulator)).toEqual(wanted[name]);
    expect(stateOf(end.kept).status).toBe(name === "held" ? "Held" : "Success");
  },
);

test.each(states)("%s, %s: destroy takes it away", async (_v, _n, kept) => {
  await destroy(emulator, kept);
  expect(launches(emulator)).toEqual([]);
});

test("a state of a later version is refused, and nothing is called", async () => {
  const [, , kept] = states[0]!;
  const later = { ...kept, outputs: { ...kept.outputs, schemaVersion: schemaVersion + 1 } };
  await expect(destroy(emulator, later)).rejects.toThrow(
    `Given: schema ${schemaVersion + 1}. Allowed: up to ${schemaVersion}.`,
  );
  expect(emulator.requests.list()).toEqual([]);
});

test("a saved command of a later version is refused by every operation, and nothing is called", async () => {
  const { command } = newProcess(emulator).runtime;
  const state = { name: "n", content: "echo\n", schemaVersion: schemaVersion + 1 };
  const refused = `Given: schema ${schemaVersion + 1}. Allowed: up to ${schemaVersion}.`;
  for (const operation of [
    async () => command.diff("c-1", state, state),
    () => command.read("c-1", state),
    () => command.update("c-1", state, state),
    () => command.delete("c-1", state),
  ]) {
    await expect(operation()).rejects.toThrow(refused);
  }
  expect(emulator.requests.list()).toEqual([]);
});

test("the command line refuses a state of a later version, and calls nothing", async () => {
  const [, , kept] = states[0]!;
  const later = { ...kept, outputs: { ...kept.outputs, schemaVersion: schemaVersion + 1 } };
  const end = await cli(emulator, ["stop", "run"], { kept: { run: later } });
  expect(end.code).toBe(1);
  expect(end.err).toContain(`Given: schema ${schemaVersion + 1}.`);
  expect(emulator.requests.list()).toEqual([]);
});
