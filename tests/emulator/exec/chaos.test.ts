import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isolationsHere } from "./support/isolations.js";
import { OtherProcess, toWire } from "./support/other-process.js";
import { processesOf } from "./support/programs.js";
import { temporaryFolder } from "./support/bench.js";
import { taskWith } from "./support/tasks.js";

jest.setTimeout(60_000);

// How many reports are seen before the kill: from none, when commands are just being started.
const MOMENTS = [0, 2, 7, 15];

test.each(isolationsHere())(
  "killed at any moment, every task runs once and is reported once more, %s",
  async (isolation) => {
    const folder = temporaryFolder();
    const instances = ["i-0", "i-1", "i-2"];
    for (const moment of MOMENTS) {
      const tasks = Array.from({ length: 12 }, (_, i) =>
        taskWith(
          `echo x >> "$HOME/ran-${moment}-${i}"; sleep 0.${i % 4}; echo done ${i}; exit ${i}`,
          {
            instanceId: instances[i % 3]!,
          },
        ),
      );
      const first = await open(folder.path, isolation, instances);
      first.tell({ do: "deliver", tasks: tasks.map(toWire) });
      const reports = (): number => first.words.filter(({ say }) => say === "report").length;
      await first.until(() => (reports() >= moment ? true : undefined));
      await first.kill();
      const left = tasks.filter((task) => !first.reportsOf(task).some(isFinal));

      const second = await open(folder.path, isolation, instances);
      second.tell({ do: "recover", tasks: left.map(toWire) });
      await second.said("recovered");
      for (const [i, task] of tasks.entries()) {
        const report = first.reportsOf(task).find(isFinal) ?? (await second.final(task));
        expect(report).toMatchObject({ kind: "finish", exitCode: i });
        expect("output" in report && Buffer.from(report.output, "base64").toString()).toBe(
          `done ${i}\n`,
        );
        const root = join(folder.path, "instances", task.instanceId, "root");
        expect(readFileSync(join(root, `ran-${moment}-${i}`), "utf8")).toBe("x\n");
      }
      await second.close();
      expect(processesOf(folder.path)).toEqual([]);
    }
    folder.remove();
  },
  90_000,
);

async function open(
  folder: string,
  isolation: "namespaces" | "plain",
  instances: readonly string[],
): Promise<OtherProcess> {
  const emulator = new OtherProcess(folder, isolation);
  await emulator.said("ready");
  for (const instanceId of instances) emulator.tell({ do: "boot", instanceId });
  return emulator;
}

function isFinal({ kind }: { readonly kind: string }): boolean {
  return kind !== "running" && kind !== "output";
}
