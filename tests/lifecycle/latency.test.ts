/** How late a row is: from a target's end, as the emulator knows it, to the ledger's row event. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startVirtual, up } from "../support/lifecycle.js";

const seconds = [1, 2, 3, 5, 8, 13, 20, 30, 60, 120, 300, 600];

test("a row is at most max(1.5 s, a tenth of its run) behind its target, and the reads are counted", async () => {
  const emulator = await startVirtual({
    instances: seconds.map((run, n) => ({
      instanceId: `i-${String(n).padStart(2, "0")}`,
      tags: { role: "late" },
      behaviour: { afterMs: run * 1_000 },
    })),
  });
  const folder = mkdtempSync(path.join(tmpdir(), "latency-"));
  const file = path.join(folder, "events.jsonl");
  try {
    const { failure } = await up(
      emulator,
      undefined,
      { script: { content: "work\n" }, targets: { tags: { role: "late" } }, timeout: 900 },
      { env: { CLOUD_ASSISTANT_EVENTS: file } },
    );
    expect(failure).toBeUndefined();
    const rows = readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { event: string; time: string; instanceId?: string })
      .filter((event) => event.event === "row");
    const late = emulator.tasks().map((task) => {
      const row = rows.find((event) => event.instanceId === task.instanceId);
      const behind = Date.parse(row!.time) - Date.parse(task.finishedAt!);
      const ran = Date.parse(task.finishedAt!) - Date.parse(task.startedAt!);
      return { id: task.instanceId, ran, behind, allowed: Math.max(1_500, ran / 10) };
    });
    expect(late).toHaveLength(seconds.length);
    expect(late.filter(({ behind, allowed }) => behind < 0 || behind > allowed)).toEqual([]);
    // 10 minutes of watching: once a second would be 600 reads.
    const looks = emulator.requests.list({ action: "DescribeInvocations" }).length;
    expect(looks).toBeLessThan(75);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await emulator.close();
  }
});
