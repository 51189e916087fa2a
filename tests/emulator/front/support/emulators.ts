import { startEmulator, type Emulator, type EmulatorOptions } from "cloud-assistant-emulator";

const open: Emulator[] = [];

/** An emulator that `closeEmulators` ends; its instances are simulated unless told otherwise. */
export async function emulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const started = await startEmulator({ backend: "sim", ...options });
  open.push(started);
  return started;
}

/** For afterEach. */
export async function closeEmulators(): Promise<void> {
  await Promise.all(open.splice(0).map((each) => each.close()));
}

/** What a run now needs at least. */
export function runCommand(instanceId: string, more: Record<string, string> = {}) {
  return {
    action: "RunCommand",
    params: {
      RegionId: "cn-hangzhou",
      Type: "RunShellScript",
      CommandContent: Buffer.from("true").toString("base64"),
      "InstanceId.1": instanceId,
      ...more,
    },
  };
}
