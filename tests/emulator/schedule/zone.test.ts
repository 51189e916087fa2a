import { IANAZone } from "luxon";
import { isZoneName } from "../../../emulator/src/schedule/index.js";
import { openZone } from "../../../emulator/src/schedule/zone.js";
import { ZONE_NAMES } from "../../../emulator/src/schedule/zone-names.js";

const HOUR_MS = 3_600_000;

describe("zone names", () => {
  test("every name of the tz database is known to this runtime", () => {
    expect([...ZONE_NAMES].filter((name) => !isZoneName(name))).toEqual([]);
  });

  test.each(["asia/shanghai", "Asia/Beijing", "Etc/gmt+8", "EST5", "", "GMT+8:00"])(
    "%j is none",
    (name) => {
      expect(isZoneName(name)).toBe(false);
    },
  );
});

describe("a zone's offset", () => {
  const zones = ["America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia"];

  test.each(zones)("in %s is the runtime's, hour for hour through sixteen months", (name) => {
    const zone = openZone(name);
    const runtime = IANAZone.create(name);
    const start = Date.parse("2011-10-01T00:00:00Z");
    const wrong: string[] = [];
    for (let at = start; at < start + 16 * 30 * 24 * HOUR_MS; at += HOUR_MS) {
      if (zone?.offsetMs(at) !== runtime.offset(at) * 60_000)
        wrong.push(new Date(at).toISOString());
    }
    expect(wrong).toEqual([]);
  });

  test("changes in the very second of the clock change", () => {
    const zone = openZone("America/New_York");
    const change = Date.parse("2026-03-08T07:00:00Z");
    expect([change - 1, change].map((at) => zone?.offsetMs(at))).toEqual([
      -5 * HOUR_MS,
      -4 * HOUR_MS,
    ]);
  });
});
