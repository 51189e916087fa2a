import { createInterface } from "node:readline";
import type { Report, Task } from "../../../../emulator/src/backends/backend.js";
import { createExecBackend } from "../../../../emulator/src/backends/exec/index.js";
import type { Isolation } from "../../../../emulator/src/backends/exec/options.js";
import type { Order, Wire, Word } from "./other-process.js";

const [folder = "", isolation = "auto", abandoned = "600"] = process.argv.slice(2);

const backend = createExecBackend(
  { folder, isolation: isolation as Isolation, abandonedAfterSeconds: Number(abandoned) },
  {
    report: (key, report) => say({ say: "report", key, report: reportToWire(report) }),
    power: () => undefined,
    now: Date.now,
    setTimer: (atMs, run) => {
      const timer = setTimeout(run, atMs - Date.now());
      return { cancel: () => clearTimeout(timer) };
    },
  },
);

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => void follow(JSON.parse(line) as Order));
say({ say: "ready" });

async function follow(order: Order): Promise<void> {
  switch (order.do) {
    case "boot": {
      const { instanceId } = order;
      const machine = { instanceId, instanceName: "lab", osType: "linux", regionId: "cn" } as const;
      backend.start(machine, { bootId: "boot-1", cold: true });
      return;
    }
    case "deliver":
      for (const task of order.tasks) backend.deliver(fromWire(task));
      return;
    case "recover":
      await backend.recover(order.tasks.map(fromWire));
      say({ say: "recovered" });
      return;
    case "close":
      await backend.close();
      lines.close();
      return;
  }
}

function say(word: Word): void {
  process.stdout.write(`${JSON.stringify(word)}\n`);
}

function fromWire(task: Wire<Task>): Task {
  return { ...task, content: Buffer.from(task.content, "base64") };
}

function reportToWire(report: Report): Wire<Report> {
  return "output" in report ? { ...report, output: report.output.toString("base64") } : report;
}
