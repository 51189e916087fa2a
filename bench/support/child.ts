import { fork } from "node:child_process";
import { built } from "./places.js";

export type ChildOptions = {
  readonly env: NodeJS.ProcessEnv;
  /** Of the process's old space, in megabytes. @default node's */
  readonly heapMegabytes?: number;
};

/**
 * Runs a program of this folder in a process of its own: hands it its order, and waits for its
 * answer.
 *
 * @throws Error when it ends without one, as it does when its memory is not enough
 */
export function runChild<Answer>(
  name: string,
  order: object,
  { env, heapMegabytes }: ChildOptions,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = fork(built(name), [], {
      env: { ...process.env, ...env },
      execArgv: heapMegabytes === undefined ? [] : [`--max-old-space-size=${heapMegabytes}`],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    let answer: { readonly value: Answer } | undefined;
    let said = "";
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        said = (said + text).slice(-20_000);
      });
    }
    child.on("message", (value) => {
      answer = { value: value as Answer };
    });
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (answer !== undefined && code === 0) resolve(answer.value);
      else reject(new Error(`${name} ended with ${code ?? signal ?? ""}:\n${said}`));
    });
    child.send({ order });
  });
}

/** The other side: takes the order, answers, and ends. */
export function serveOrder(work: (order: never) => Promise<object>): void {
  process.once("message", (message: { readonly order: object }) => {
    work(message.order as never).then(
      (answer) => {
        process.send!(answer, () => process.exit(0));
      },
      (reason: unknown) => {
        process.stderr.write(`${reason instanceof Error ? reason.stack : String(reason)}\n`);
        process.exit(1);
      },
    );
  });
}
