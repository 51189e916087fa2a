/** The RAM policies of docs/how-to/accounts-and-roles.md, against what is really asked. */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Emulator } from "cloud-assistant-emulator";
import { exits, fleet, idOf, idsOf, script } from "../support/fleet.js";
import { check, newProcess, startVirtual, up } from "../support/lifecycle.js";
import { codeBlocks, readPage, repository } from "../support/code-blocks.js";

const page = "docs/how-to/accounts-and-roles.md";

type Policy = { readonly Statement: readonly { readonly Action: readonly string[] }[] };

const [preview, whole] = codeBlocks(page, "json").map(({ code }) =>
  (JSON.parse(code) as Policy).Statement.flatMap(({ Action }) => Action),
);
const text = readPage(page);
const extras = text
  .slice(text.indexOf("And these"))
  .split("\n")
  .filter((line) => line.startsWith("|"))
  .flatMap((line) => [...line.matchAll(/`(ecs:\w+)`/g)].map((match) => match[1]!));

let emulator: Emulator;
afterEach(() => emulator.close());

const asked = (): string[] => {
  const actions = emulator.requests.list().map(({ action }) => action);
  return [...new Set(actions)]
    .filter((action) => action !== "GetCallerIdentity")
    .map((action) => `ecs:${action}`)
    .sort();
};

test("a preview asks for what the first policy names, and for all of it", async () => {
  emulator = await startVirtual({
    instances: [
      ...fleet(2),
      { instanceId: "mi-1", managed: true, tags: { role: "web" }, resourceGroupId: "rg-x" },
    ],
    publicCommands: [{ name: "ACS-Test", type: "RunShellScript", content: "uptime\n" }],
  });
  for (const inputs of [
    { script, targets: { instanceIds: [...idsOf(1, 2), "mi-1"] } },
    { script, targets: { tags: { role: "web" } } },
    { script, targets: { names: ["web-*"] } },
    { script, targets: { resourceGroupId: "rg-x" } },
    { commandId: "ACS-Test", targets: { instanceIds: idsOf(1, 2) } },
    { script, targets: { instanceIds: idsOf(1, 2) }, schedule: { rate: "30m" } },
  ]) {
    await check(newProcess(emulator), {}, inputs);
  }
  expect(asked()).toEqual([...preview!].sort());
});

test("an up asks for no more than the second policy names, and that has the first", async () => {
  emulator = await startVirtual({ instances: fleet(3, { 2: exits(3) }) });
  const inputs = { script, targets: { tags: { role: "web" } } };
  const first = await up(emulator, undefined, inputs);
  const second = await up(emulator, first.kept, inputs);
  await up(emulator, second.kept, { ...inputs, script: { content: `echo ${idOf(1)}\n` } });
  expect(asked().filter((action) => !whole!.includes(action))).toEqual([]);
  expect(preview!.filter((action) => !whole!.includes(action))).toEqual([]);
});

test("policies and the table below them name every action that the provider knows, and no other", async () => {
  emulator = await startVirtual();
  const port = readFileSync(path.join(repository, "provider/src/client/port.ts"), "utf8");
  const calls = port.slice(port.indexOf("export type Calls = {"));
  const known = [...calls.matchAll(/^ {2}([A-Z]\w+): \{/gm)].map((match) => `ecs:${match[1]!}`);
  const named = new Set([...whole!, ...extras, "ecs:GetCallerIdentity"]);
  expect([...named].sort()).toEqual(known.sort());
});
