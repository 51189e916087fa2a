/** Fleets of simulated machines for the tests of the lifecycle. */
import type { Emulator, InstanceSeed, SimOutcome } from "cloud-assistant-emulator";

/** `i-0001` and so on. */
export const idOf = (n: number): string => `i-${String(n).padStart(4, "0")}`;

export const idsOf = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, n) => idOf(from + n));

/** Machines 1 to `count`, tagged `role: web`; `special` says what is different about some. */
export function fleet(
  count: number,
  special: Readonly<Record<number, InstanceSeed>> = {},
): InstanceSeed[] {
  return Array.from({ length: count }, (_, n) => ({
    instanceId: idOf(n + 1),
    instanceName: `web-${n + 1}`,
    tags: { role: "web" },
    ...special[n + 1],
  }));
}

/** What a machine does with every command, or with the nth delivery of a text. */
export const does = (outcome: SimOutcome, afterMs = 1_000): InstanceSeed => ({
  behaviour: { outcome, afterMs },
});

export const exits = (exitCode: number, output = "", afterMs = 1_000): InstanceSeed =>
  does({ kind: "finish", exitCode, output }, afterMs);

/** Ends with `exitCode` in its first attempts, and well after them. */
export const failsFirst = (attempts: number, exitCode = 3, output = ""): InstanceSeed => ({
  behaviour: {
    rules: Array.from({ length: attempts }, (_, n) => ({
      attempt: n + 1,
      outcome: { kind: "finish" as const, exitCode, output },
    })),
    afterMs: 1_000,
  },
});

/** Makes machines behave otherwise from now on. */
export function change(emulator: Emulator, n: number, seed: InstanceSeed): void {
  emulator.instances.update(idOf(n), {
    ...(seed.behaviour === undefined ? {} : { behaviour: seed.behaviour }),
    ...(seed.tags === undefined ? {} : { tags: seed.tags }),
  });
}

export const script = { content: "echo hello\n" };
export const tagged = { tags: { role: "web" } };
