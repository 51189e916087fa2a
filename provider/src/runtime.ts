/**
 * What the captured provider loads by name, in the plugin process that Pulumi starts for each
 * operation. The only place that knows the process: its arguments, signals and streams.
 */
import { alwaysPresent, engineAt, type Presence } from "./client/presence.js";
import { commandShell } from "./shells/command-shell.js";
import type { DynamicResource } from "./shells/dynamic-types.js";
import { createHost, type Host } from "./shells/host.js";
import { invocationShell } from "./shells/invocation-shell.js";
import { version } from "./version.js";

type ConfigureRequest = { readonly config: { get(key: string): unknown } };

/** One resource of the captured shim. */
export type RuntimeResource = DynamicResource & {
  configure(request: ConfigureRequest): Promise<void>;
};

export type Runtime = {
  readonly command: RuntimeResource;
  readonly invocation: RuntimeResource;
};

export function createRuntime(host: Host): Runtime {
  const configure = (request: ConfigureRequest): Promise<void> => {
    host.configure((key) => {
      const value = request.config.get(key);
      return value === undefined || value === null
        ? undefined
        : typeof value === "string"
          ? value
          : JSON.stringify(value);
    });
    return Promise.resolve();
  };
  return {
    command: { ...commandShell(host), configure },
    invocation: { ...invocationShell(host), configure },
  };
}

/** The process that the engine started, with the engine's address as its first argument. */
function thisProcess(): Host {
  const address = process.argv[2];
  const presence =
    address !== undefined && /^[\w.[\]:-]+:\d+$/.test(address) ? engineAt(address) : alwaysPresent;
  // The CLI may be gone while a run goes on: a line that nobody reads must not end the process.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  return createHost({
    env: process.env,
    presence,
    writeLine: (line) => process.stdout.write(`${line}\n`),
    onSignal: ({ abort, windDown, busy }) => {
      // The engine sends SIGINT at the end of every operation; it means something only while a
      // create, update or delete is in progress, and then: start nothing more.
      process.on("SIGINT", () => {
        if (busy()) windDown("SIGINT was received");
        else process.exit(130);
      });
      process.on("SIGTERM", () => {
        if (busy()) abort("SIGTERM was received");
        else process.exit(143);
      });
      if (presence !== alwaysPresent) endAsOrphan(presence, busy);
    },
    version,
  });
}

const orphanLookMs = 2_000;

/**
 * Nobody ends a plugin whose CLI was killed or left at the second Ctrl-C: it would listen for ever.
 * It ends by itself once its engine is gone and nothing is under way.
 */
function endAsOrphan(presence: Presence, busy: () => boolean): void {
  let missed = 0;
  const look = async (): Promise<void> => {
    missed = (await presence()) ? 0 : missed + 1;
    // Twice in a row: one refused connection may have been chance.
    if (missed >= 2 && !busy()) process.exit(0);
  };
  setInterval(() => void look(), orphanLookMs).unref();
}

let made: Runtime | undefined;

/** Made at the first use: importing this file must change no process. */
export const runtime: Runtime = {
  get command() {
    return (made ??= createRuntime(thisProcess())).command;
  },
  get invocation() {
    return (made ??= createRuntime(thisProcess())).invocation;
  },
};
