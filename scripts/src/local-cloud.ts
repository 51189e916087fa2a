import { mkdirSync } from "node:fs";
import path from "node:path";
import {
  EmulatorError,
  startEmulator,
  type Emulator,
  type EmulatorOptions,
} from "cloud-assistant-emulator";
import { root, SetUpError } from "./run-script.js";

/** The emulator's port. Fixed, so that other tools can be pointed at it. */
const defaultPort = 8055;
const portVariable = "CLOUD_ASSISTANT_EMULATOR_PORT";
/** Three machines for the quickstart. */
const machines = [1, 2, 3].map((n) => ({
  instanceId: `i-quickstart000${n}`,
  instanceName: `web-${n}`,
  tags: { role: "web" },
}));

/**
 * Starts the local cloud from its journal; the same machines and commands are there every time.
 * It lives as long as this process. Where commands cannot be run, the machines are simulated.
 * @throws SetUpError when the port is taken
 */
export async function startLocalCloud(): Promise<Emulator> {
  const data = path.join(root, ".state", "emulator");
  mkdirSync(data, { recursive: true });
  const port = portOf(process.env[portVariable]);
  const start = (options: EmulatorOptions): Promise<Emulator> =>
    startEmulator({ port, data, instances: machines, ...options });
  try {
    return await start({}).catch((reason: unknown) => {
      if (codeOf(reason) === "IsolationUnavailable") return start({ backend: "sim" });
      throw reason;
    });
  } catch (reason) {
    if (codeOf(reason) !== "PortInUse") throw reason;
    throw new SetUpError(
      `Port ${port} is in use, so the local emulator cannot start. Set another one, for example ` +
        `${portVariable}=${port + 1}, and try again.`,
    );
  }
}

function codeOf(reason: unknown): string | undefined {
  return reason instanceof EmulatorError ? reason.code : undefined;
}

function portOf(given: string | undefined): number {
  if (given === undefined || given === "") return defaultPort;
  const port = Number(given);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new SetUpError(
    `${portVariable} is not a port. Given: "${given}". Allowed: a number from 1 to 65535.`,
  );
}

/** One sentence on what its machines really are. */
export function whatRuns(emulator: Emulator): string {
  switch (emulator.isolation) {
    case "namespaces":
      return "Commands really run here, each machine in Linux namespaces of its own.";
    case "plain":
      return "Commands really run here, as processes of this user.";
    case "none":
      return "Machines are simulated: running commands needs Linux, and none is run.";
  }
}

/** What a program needs to call the local cloud instead of the real one. */
export function environmentFor(emulator: Emulator): NodeJS.ProcessEnv {
  return {
    CLOUD_ASSISTANT_ENDPOINT: emulator.url,
    CLOUD_ASSISTANT_REGION: emulator.regionId,
    CLOUD_ASSISTANT_ACCESS_KEY_ID: emulator.accessKeyId,
    CLOUD_ASSISTANT_ACCESS_KEY_SECRET: emulator.accessKeySecret,
  };
}
