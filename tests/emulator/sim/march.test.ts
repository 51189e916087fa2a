import type { ServiceEvent } from "../../../emulator/src/service.js";
import { openBack } from "../support/back.js";

test("perf", async () => {
  const back = await openBack({
    now: "2026-03-01T00:00:00Z",
    instances: Array.from({ length: 100 }, (_, i) => ({ instanceId: `i-${i}`, timeZone: i % 2 ? "America/New_York" : "Europe/Berlin" })),
  });
  await back.settle();
  const counts = new Map<string, number>();
  back.service.admin.events.subscribe((e: ServiceEvent) => { if (e.kind === "run") counts.set(e.instanceId, (counts.get(e.instanceId) ?? 0) + 1); });
  back.ok("RunCommand", { Type: "RunShellScript", CommandContent: "true", Frequency: "0 */5 * * * ?", InstanceId: Array.from({ length: 100 }, (_, i) => `i-${i}`) });
  const t = performance.now();
  await back.clock.advanceTo(Date.parse("2026-04-01T00:00:00Z") - 1);
  console.log(performance.now() - t, counts.get("i-0"), counts.get("i-1"));
  await back.close();
}, 120000);
