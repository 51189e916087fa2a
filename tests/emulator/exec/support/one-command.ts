import { createExecBackend } from "../../../../emulator/src/backends/exec/index.js";
import type { Isolation } from "../../../../emulator/src/backends/exec/options.js";
import { taskWith } from "./tasks.js";

// Runs one command on one instance and prints its output.
const [folder = "", isolation = "auto", script = ""] = process.argv.slice(2);
const backend = createExecBackend(
  { folder, isolation: isolation as Isolation },
  {
    report: (_key, report) => {
      if (!("output" in report) || report.kind === "output") return;
      process.stdout.write(report.output);
      if (report.kind === "error") process.stderr.write(`${report.errorInfo}\n`);
      void backend.close();
    },
    power: () => undefined,
    now: Date.now,
    setTimer: () => ({ cancel: () => undefined }),
  },
);
const machine = { instanceName: "lab", osType: "linux", regionId: "cn-hangzhou" } as const;
const task = taskWith(Buffer.from(script, "base64"));
backend.start({ instanceId: task.instanceId, ...machine }, { bootId: "boot-1", cold: true });
backend.deliver(task);
