import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  Machine,
  PowerRequest,
  Report,
  Task,
  TaskKey,
} from "../../../../emulator/src/backends/backend.js";
import {
  createExecBackend,
  type ExecBackend,
  type ExecOptions,
} from "../../../../emulator/src/backends/exec/index.js";
import { taskWith } from "./tasks.js";

export const INSTANCE = "i-lab0001";

/** A backend on its own, with everything it says written down. */
export class Bench {
  readonly reports: { readonly key: TaskKey; readonly report: Report }[] = [];
  readonly power: PowerRequest[] = [];
  readonly backend: ExecBackend;
  readonly #waiting = new Set<() => void>();

  constructor(
    readonly folder: string,
    options: Partial<ExecOptions> = {},
  ) {
    this.backend = createExecBackend(
      { folder, ...options },
      {
        report: (key, report) => {
          this.reports.push({ key, report });
          for (const look of this.#waiting) look();
        },
        power: (request) => {
          this.power.push(request);
          for (const look of this.#waiting) look();
        },
        now: Date.now,
        setTimer: (atMs, run) => {
          const timer = setTimeout(run, atMs - Date.now());
          return { cancel: () => clearTimeout(timer) };
        },
      },
    );
  }

  get isolation(): ExecBackend["isolation"] {
    return this.backend.isolation;
  }

  /** Whether this host lets processes be counted: a control group was made for the backend. */
  get countsProcesses(): boolean {
    const name = createHash("sha256").update(this.folder).digest("hex").slice(0, 12);
    return ["pids", ""].some((part) =>
      existsSync(join("/sys/fs/cgroup", part, `cloud-assistant-emulator-${process.pid}-${name}`)),
    );
  }

  /** Switches a machine on, or finds it as it was. */
  boot(
    instanceId = INSTANCE,
    more: Partial<Machine> & { bootId?: string; cold?: boolean } = {},
  ): void {
    const { bootId = "boot-1", cold = true, ...machine } = more;
    this.backend.start(
      {
        instanceId,
        instanceName: "lab",
        osType: "linux",
        regionId: "cn-hangzhou",
        ...machine,
      },
      { bootId, cold },
    );
  }

  task(script: string | Buffer, more: Partial<Task> = {}): Task {
    return taskWith(script, { instanceId: INSTANCE, ...more });
  }

  /** Runs a script and gives its final report. */
  async run(script: string | Buffer, more: Partial<Task> = {}): Promise<Final> {
    const task = this.task(script, more);
    this.backend.deliver(task);
    return this.final(task);
  }

  reportsOf(key: TaskKey): Report[] {
    return this.reports.filter(({ key: of }) => isSame(of, key)).map(({ report }) => report);
  }

  /** The report that ends a task, as soon as it is there. */
  final(key: TaskKey): Promise<Final> {
    return this.until(() => this.reportsOf(key).find(isFinal));
  }

  /** What `look` finds, as soon as it finds something after a report or a wish for power. */
  until<T>(look: () => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const again = (): void => {
        const found = look();
        if (found === undefined) return;
        this.#waiting.delete(again);
        resolve(found);
      };
      this.#waiting.add(again);
      again();
    });
  }
}

export type Final = Exclude<Report, { kind: "running" | "output" }>;

function isFinal(report: Report): report is Final {
  return report.kind !== "running" && report.kind !== "output";
}

function isSame(a: TaskKey, b: TaskKey): boolean {
  return a.invokeId === b.invokeId && a.instanceId === b.instanceId && a.run === b.run;
}

/** Output of a final report as text. */
export function textOf(report: Final): string {
  return "output" in report ? report.output.toString() : "";
}

/** A folder for one test, and a way to get rid of it. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "exec-test-"));
  return {
    path,
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }),
  };
}
