import type { Task } from "../../../../emulator/src/backends/backend.js";

let count = 0;

/** A task as the service would deliver it, with an id of its own. */
export function taskWith(script: string | Buffer, more: Partial<Task> = {}): Task {
  count += 1;
  return {
    invokeId: `t-${process.pid}-${count}`,
    instanceId: "i-lab0001",
    commandId: "c-lab0001",
    run: 1,
    type: "RunShellScript",
    content: Buffer.from(script),
    enableParameter: false,
    builtIns: {},
    timeoutSeconds: 60,
    workingDir: "",
    username: "",
    launcher: "",
    terminationMode: "Process",
    ...more,
  };
}
