// Runs one command, given as the JSON of a task, on one instance and prints its output.
const { createExecBackend } = require("../../../../emulator/dist/backends/exec/index.js");

const [folder, isolation, encoded] = process.argv.slice(2);
const given = JSON.parse(Buffer.from(encoded, "base64").toString("utf8"));
const task = { ...given, content: Buffer.from(given.content, "base64") };

const backend = createExecBackend(
  { folder, isolation },
  {
    report: (_key, report) => {
      if (!("output" in report) || report.kind === "output") return;
      process.stdout.write(report.output);
      if (report.kind === "error") process.stderr.write(`${report.detail}\n`);
      void backend.close();
    },
    power: () => undefined,
    now: Date.now,
    setTimer: () => ({ cancel: () => undefined }),
  },
);
const machine = { instanceName: "lab", osType: "linux", regionId: "cn-hangzhou" };
backend.start({ instanceId: task.instanceId, ...machine }, { bootId: "boot-1", cold: true });
backend.deliver(task);
