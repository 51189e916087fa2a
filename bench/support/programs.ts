import { instanceId } from "./emulator-process.js";

/** `count` runs of a script on three machines each, all by their ids. */
export function invocationProgram(count: number): string {
  return `const { CommandInvocation } = require("pulumi-cloud-assistant");
for (let n = 0; n < ${count}; n += 1) {
  new CommandInvocation("run-" + n, {
    script: { content: "echo " + n },
    targets: { instanceIds: ${machines} },
  });
}
`;
}

/** The same loop, of a provider that does nothing at all. `outputs` are declared beside the inputs. */
export function noOpProgram(count: number, outputs: readonly string[] = []): string {
  return `const pulumi = require("@pulumi/pulumi");
const noOp = {
  configure: () => Promise.resolve(),
  check: (olds, news) => Promise.resolve({ inputs: news, failures: [] }),
  diff: () => Promise.resolve({ changes: false, replaces: [] }),
  create: (inputs) => Promise.resolve({ id: "no-op", outs: inputs }),
  read: (id, props) => Promise.resolve({ id, props }),
  update: (id, olds, news) => Promise.resolve({ outs: news }),
  delete: () => Promise.resolve(),
};
class NoOp extends pulumi.dynamic.Resource {
  constructor(name, args, opts) {
    super(noOp, name, { ${outputs.map((name) => `${name}: undefined, `).join("")}...args }, opts, "bench", "NoOp");
  }
}
for (let n = 0; n < ${count}; n += 1) {
  new NoOp("run-" + n, {
    script: { content: "echo " + n },
    targets: { instanceIds: ${machines} },
  });
}
`;
}

/** What `CommandInvocation` declares. */
export const invocationOutputs = [
  "owner",
  "runId",
  "holdId",
  "holdReason",
  "invocationIds",
  "status",
  "results",
  "summary",
  "commandContentHash",
  "accountId",
  "region",
  "schemaVersion",
  "plan",
];

const machines = JSON.stringify([0, 1, 2].map(instanceId));
