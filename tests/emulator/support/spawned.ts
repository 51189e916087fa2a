import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { signedRequest, type Answer } from "../front/support/signed-request.js";
import { flatten, type Params } from "./back.js";

const PROGRAM = join(__dirname, "../../../emulator/bin/cloud-assistant-emulator.js");

/** An emulator in a process of its own, as people start it. */
export type Spawned = {
  readonly process: ChildProcess;
  readonly ready: {
    readonly url: string;
    readonly accessKeyId: string;
    readonly accessKeySecret: string;
    readonly accountId: string;
    readonly instances: readonly string[];
  };
  ask(action: string, params?: Params): Promise<Answer>;
  /** The body of a success; anything else throws. */
  ok(action: string, params?: Params): Promise<any>;
  /** Ends it at once, whatever it is doing. */
  kill(): Promise<void>;
  /** Ends it as a person does. */
  end(): Promise<number | null>;
};

export async function spawnEmulator(
  args: readonly string[],
  nodeArgs: readonly string[] = [],
): Promise<Spawned> {
  const child = spawn(process.execPath, [...nodeArgs, PROGRAM, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: process.env.TMPDIR },
  });
  let complaint = "";
  child.stderr.on("data", (text: Buffer) => (complaint += text.toString("utf8")));
  const exited = once(child, "exit");
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), "line").then(([text]) => String(text)),
    exited.then(([code]) => {
      throw new Error(`the emulator ended with ${code}: ${complaint}`);
    }),
  ]);
  const ready = JSON.parse(line) as Spawned["ready"];
  const ask = (action: string, params: Params = {}): Promise<Answer> =>
    signedRequest(ready.url, ready, {
      action,
      params: { RegionId: "cn-hangzhou", ...flatten(params) },
    });
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await exited;
    }
    return child.exitCode;
  };
  return {
    process: child,
    ready,
    ask,
    ok: async (action, params) => {
      const { status, body, text } = await ask(action, params);
      if (status !== 200) throw new Error(`${action}: ${status} ${text}`);
      return body;
    },
    kill: async () => {
      await end("SIGKILL");
    },
    end: () => end("SIGTERM"),
  };
}
