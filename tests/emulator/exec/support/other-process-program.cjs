// A backend that is told what to do by lines on stdin and says what happens by lines on stdout. It is
// going to be killed, so it is no jest worker, and it runs what was built: that starts ten times faster.
const { createInterface } = require("node:readline");
const { createExecBackend } = require("../../../../emulator/dist/backends/exec/index.js");

const [folder, isolation, abandoned] = process.argv.slice(2);

const backend = createExecBackend(
  { folder, isolation, abandonedAfterSeconds: Number(abandoned) },
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
lines.on("line", (line) => void follow(JSON.parse(line)));
say({ say: "ready" });

/** The orders, words and their forms are typed in other-process.ts. */
async function follow(order) {
  switch (order.do) {
    case "boot": {
      const { instanceId } = order;
      const machine = { instanceId, instanceName: "lab", osType: "linux", regionId: "cn" };
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
  }
}

function say(word) {
  process.stdout.write(`${JSON.stringify(word)}\n`);
}

function fromWire(task) {
  return { ...task, content: Buffer.from(task.content, "base64") };
}

function reportToWire(report) {
  return "output" in report ? { ...report, output: report.output.toString("base64") } : report;
}
