import { mkdirSync } from "node:fs";
import path from "node:path";
import { EmulatorError, startEmulator, type Emulator } from "cloud-assistant-emulator";

/** The repository's root: this file is built to scripts/dist. */
export const root = path.resolve(__dirname, "..", "..");

/** The emulator's port. Fixed, because the state of a stack remembers its endpoint. */
const defaultPort = 8055;
const portVariable = "CLOUD_ASSISTANT_EMULATOR_PORT";
/** Three machines for the quickstart. */
const machines = [1, 2, 3].map((n) => ({
  instanceId: `i-quickstart000${n}`,
  instanceName: `web-${n}`,
  tags: { role: "web" },
}));

/** Something that the person in front of the terminal can mend. */
export class SetUpError extends Error {
  override readonly name = "SetUpError";
}

/**
 * Starts the local cloud from its journal; the same machines and commands are there every time.
 * It lives as long as this process.
 * @throws SetUpError when the port is taken
 */
export async function startLocalCloud(): Promise<Emulator> {
  const data = path.join(root, ".state", "emulator");
  mkdirSync(data, { recursive: true });
  const port = portOf(process.env[portVariable]);
  try {
    return await startEmulator({ port, data, instances: machines });
  } catch (reason) {
    if (reason instanceof EmulatorError && reason.code === "PortInUse") {
      throw new SetUpError(
        `Port ${port} is in use, so the local emulator cannot start. Set another one, for example ` +
          `${portVariable}=${port + 1}, and try again.`,
      );
    }
    throw reason;
  }
}

function portOf(given: string | undefined): number {
  if (given === undefined || given === "") return defaultPort;
  const port = Number(given);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new SetUpError(
    `${portVariable} is not a port. Given: "${given}". Allowed: a number from 1 to 65535.`,
  );
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

/** Runs what a script does, and ends the process with its code; errors are one readable message. */
export async function main(run: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await run();
  } catch (reason) {
    process.stderr.write(`${reason instanceof Error ? reason.message : String(reason)}\n`);
    process.exitCode = 1;
  }
}
