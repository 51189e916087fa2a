import fc from "fast-check";

import { agentZone, machineZone, zoneNames } from "../../../provider/src/schedule/zone.js";
import { linkNames, plainNames } from "../../../provider/src/schedule/zone-names.js";

const names = [...zoneNames()];

test("every name of the list is a zone of this Node.js", () => {
  expect(names.length).toBeGreaterThanOrEqual(553);
  expect(names.filter((name) => "refused" in agentZone(name))).toEqual([]);
});

test("no name stands in the list twice, and all are in order", () => {
  for (const list of Object.values(linkNames)) {
    const found = list.split(" ");
    expect(new Set(found).size).toBe(found.length);
    expect(found).toEqual([...found].sort());
  }
});

test("a machine may have each plain name as its own zone, and an expression may hold none but two", () => {
  for (const name of plainNames) {
    expect(machineZone(name)).toBeDefined();
    expect("refused" in agentZone(name)).toBe(!["UTC", "GMT"].includes(name));
  }
});

test("a name in another case is no zone, though JavaScript takes it for one", () => {
  const flips = fc.tuple(fc.constantFrom(...names), fc.nat(), fc.boolean());
  fc.assert(
    fc.property(flips, ([name, place, upper]) => {
      const at = place % name.length;
      const letter = name.charAt(at);
      const other = upper ? letter.toUpperCase() : letter.toLowerCase();
      const flipped = name.slice(0, at) + other + name.slice(at + 1);
      fc.pre(flipped !== name);
      expect(() => new Intl.DateTimeFormat("en", { timeZone: flipped })).not.toThrow();
      expect(agentZone(flipped)).toEqual({
        refused: `TimezoneInformationCorrupt: Information of sepcified timezone in cron expression cannot be parsed: unknown time zone ${flipped}`,
      });
    }),
  );
});
