import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Report, Task, TaskKey } from "../../../../emulator/src/backends/backend.js";
import type { Isolation } from "../../../../emulator/src/backends/exec/options.js";

/** What the other process is told, a line each. */
export type Order =
  | { readonly do: "boot"; readonly instanceId: string }
  | { readonly do: "deliver" | "recover"; readonly tasks: readonly Wire<Task>[] }
  | { readonly do: "close" };

/** What it says. */
export type Word =
  | { readonly say: "ready" | "recovered" | "closed" }
  | { readonly say: "report"; readonly key: TaskKey; readonly report: Wire<Report> };

/** Bytes as Base64. */
export type Wire<T> = T extends unknown
  ? { readonly [K in keyof T]: T[K] extends Buffer ? string : T[K] }
  : never;

/** A backend in a process of its own, which can be killed. */
export class OtherProcess {
  readonly words: Word[] = [];
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();

  constructor(folder: string, isolation: Isolation, abandonedAfterSeconds = 600) {
    const program = join(__dirname, "other-process-program.cjs");
    const words = [program, folder, isolation, String(abandonedAfterSeconds)];
    this.#child = spawn(process.execPath, words, {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const lines = createInterface({ input: this.#child.stdout! });
    lines.on("line", (line) => {
      this.words.push(JSON.parse(line) as Word);
      for (const look of this.#waiting) look();
    });
  }

  tell(order: Order): void {
    this.#child.stdin!.write(`${JSON.stringify(order)}\n`);
  }

  /** SIGKILL, and the process is gone. */
  kill(): Promise<void> {
    return new Promise((resolve) => {
      // Not at its exit: what it said last is still being read then.
      this.#child.once("close", () => resolve());
      this.#child.kill("SIGKILL");
    });
  }

  async close(): Promise<void> {
    const gone = new Promise<void>((resolve) => this.#child.once("close", () => resolve()));
    this.tell({ do: "close" });
    await gone;
  }

  said(what: "ready" | "recovered"): Promise<Word> {
    return this.until(() => this.words.find(({ say }) => say === what));
  }

  reportsOf(key: TaskKey): Wire<Report>[] {
    return this.words.flatMap((word) =>
      word.say === "report" && word.key.invokeId === key.invokeId && word.key.run === key.run
        ? [word.report]
        : [],
    );
  }

  final(key: TaskKey): Promise<Wire<Report>> {
    return this.until(() =>
      this.reportsOf(key).find(({ kind }) => kind !== "running" && kind !== "output"),
    );
  }

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

export function toWire(task: Task): Wire<Task> {
  return { ...task, content: task.content.toString("base64") };
}
