/** The line that warns of a rename without `aliases`: whom it is for, and whom not. */
import type { Emulator } from "cloud-assistant-emulator";
import { fleet, idsOf, script } from "../support/fleet.js";
import { startVirtual, stateOf, up } from "../support/lifecycle.js";

let emulator: Emulator;
afterEach(() => emulator.close());

const on = (...instanceIds: string[]) => ({ script, targets: { instanceIds } });
const warning = "the same ran before as another resource";

async function linesOfSecond(first: readonly string[], second: readonly string[]) {
  emulator = await startVirtual({ instances: fleet(4) });
  const { kept } = await up(emulator, undefined, { ...on(...first), name: "first" });
  const { lines } = await up(emulator, undefined, { ...on(...second), name: "second" });
  return { invokeId: stateOf(kept).invocationIds[0], text: lines.join("\n") };
}

test("the same script on the same machines is warned of, with the invocation", async () => {
  const { invokeId, text } = await linesOfSecond(idsOf(1, 2), idsOf(1, 2));
  expect(text).toContain(
    `second: warning: ${warning} (${invokeId}), on machines of this one. If this is a rename, add ` +
      "`aliases` so that it does not run again",
  );
});

test("a fleet that moved since hides no rename: one machine in common is enough", async () => {
  expect((await linesOfSecond(idsOf(1, 3), idsOf(3, 4))).text).toContain(warning);
});

test("rings, the same script on other machines, are not warned of", async () => {
  expect((await linesOfSecond(idsOf(1, 2), idsOf(3, 4))).text).not.toContain(warning);
});

test("of two resources before it, the one on the same machines is named", async () => {
  emulator = await startVirtual({ instances: fleet(4) });
  const [, b] = [
    await up(emulator, undefined, { ...on(...idsOf(1, 2)), name: "a" }),
    await up(emulator, undefined, { ...on(...idsOf(3, 4)), name: "b" }),
  ];
  const renamed = await up(emulator, undefined, { ...on(...idsOf(3, 4)), name: "c" });
  const [invokeId] = stateOf(b.kept).invocationIds;
  expect(renamed.lines.join("\n")).toContain(`${warning} (${invokeId})`);
});
