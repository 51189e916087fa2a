import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Task, TaskRepeat } from "../../../../emulator/src/backends/backend.js";

/** One entry of a task list, as the recording server sent it. */
export type Sent = {
  readonly t: number;
  readonly list: "run" | "stop" | "test" | "file";
  readonly item: {
    readonly repeat?: string;
    readonly task: Readonly<Record<string, string | number | boolean | object>>;
  };
};

/** One request of the genuine agent. */
export type TraceEvent = {
  readonly t: number;
  readonly path?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly bodyBase64?: string;
  readonly bodyBytes?: number;
  readonly bodySha256?: string;
};

export type Scenario = {
  readonly name: string;
  readonly sent: readonly Sent[];
  readonly events: readonly TraceEvent[];
  readonly observed?: Readonly<Record<string, unknown>>;
};

export function scenarios(): readonly Scenario[] {
  const file = join(__dirname, "../../../data/agent-traces.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { scenarios: Scenario[] }).scenarios;
}

/** Requests about tasks, without the fetching of the list. */
export function reportsIn(scenario: Scenario): readonly TraceEvent[] {
  return scenario.events.filter((event) => /\/v1\/task\/(?!list)/.test(event.path ?? ""));
}

/** What the backend would be given for an entry of the list. */
export function taskOf(sent: Sent, instanceId: string): Task {
  const { task } = sent.item;
  return {
    invokeId: text(task["taskID"]),
    instanceId,
    commandId: text(task["commandId"]),
    run: Number(task["invokeVersion"] ?? 0),
    type: text(task["type"]) as Task["type"],
    content: Buffer.from(text(task["commandContent"]), "base64"),
    enableParameter: task["enableParameter"] === true,
    builtIns: (task["builtInParameter"] ?? {}) as Record<string, string>,
    timeoutSeconds: Number(task["timeOut"]),
    workingDir: text(task["workingDirectory"]),
    username: text(task["username"]),
    launcher: "",
    terminationMode: task["terminationMode"] === "ProcessTree" ? "ProcessTree" : "Process",
    repeat: (sent.item.repeat ?? "Once") as TaskRepeat,
    commandName: text(task["commandName"]),
  };
}

/** The output of a trace's task as the server would put it together from its pieces. */
export function piecesOf(scenario: Scenario, taskId: string): TraceEvent[] {
  return reportsIn(scenario).filter(
    (event) =>
      event.query?.["taskId"] === taskId &&
      (event.body !== undefined || event.bodyBase64 !== undefined || event.bodyBytes !== undefined),
  );
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
