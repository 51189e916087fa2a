import { createDebugLog, type DebugLog } from "../client/debug-log.js";
import { lineFile } from "../client/line-file.js";
import { nodeHash } from "../client/node-hash.js";
import type { WorldClock } from "../client/world.js";
import { redactEvent } from "../result/redact-event.js";
import { createSecretBook, type SecretBook } from "../result/secret-book.js";
import type { World } from "./world.js";

/** What a process writes down of its work, and the secrets that it keeps out of it. */
export type Records = {
  readonly secrets: SecretBook;
  /** Undefined unless `CLOUD_ASSISTANT_DEBUG` names a file. */
  readonly debug: DebugLog | undefined;
  /** Writes into the file that `CLOUD_ASSISTANT_EVENTS` names, if it does. */
  readonly emit: World["emit"];
};

export type RecordsDeps = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: WorldClock;
  readonly processId: number;
  /** Told once for each file that cannot be written. */
  readonly complain: (line: string) => void;
};

export function openRecords(deps: RecordsDeps): Records {
  const { env, clock } = deps;
  const secrets = createSecretBook();
  const redact = (text: string): string => secrets.redact(text);
  const fileFor = (name: string): ReturnType<typeof lineFile> | undefined => {
    const path = env[name];
    if (path === undefined || path === "") return undefined;
    return lineFile(path, (reason) => {
      deps.complain(`warning: ${name} is not written: ${reason}`);
    });
  };
  const events = fileFor("CLOUD_ASSISTANT_EVENTS");
  const requests = fileFor("CLOUD_ASSISTANT_DEBUG");
  return {
    secrets,
    debug:
      requests === undefined
        ? undefined
        : createDebugLog({
            sink: requests,
            now: () => clock.now(),
            processId: deps.processId,
            sha256: (text) => nodeHash.sha256(text),
            redact,
            isSecret: (text) => secrets.has(text),
          }),
    emit: (event) => {
      events?.({ time: new Date(clock.now()).toISOString(), ...redactEvent(event, redact) });
    },
  };
}
