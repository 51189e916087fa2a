import type { Task } from "../backend.js";
import type { SimBehaviour, SimDefaults, SimOutcome } from "./behaviour.js";

export type Choice = { readonly outcome: SimOutcome; readonly afterMs: number };

/** What a machine's table, and after it the emulator's, says of a task. */
export function chooseOutcome(
  task: Pick<Task, "content">,
  attempt: number,
  own: SimBehaviour | undefined,
  defaults: SimDefaults,
): Choice {
  // The text is only made when a rule asks for it.
  let text: string | undefined;
  const contentOf = (): string => (text ??= task.content.toString("utf8"));
  for (const behaviour of [own, defaults]) {
    for (const rule of behaviour?.rules ?? []) {
      if (rule.attempt !== undefined && rule.attempt !== attempt) continue;
      if (rule.content !== undefined && rule.content !== contentOf()) continue;
      if (rule.contains !== undefined && !contentOf().includes(rule.contains)) continue;
      return {
        outcome: rule.outcome,
        afterMs: rule.afterMs ?? own?.afterMs ?? defaults.afterMs ?? 0,
      };
    }
    if (behaviour?.outcome !== undefined) {
      return { outcome: behaviour.outcome, afterMs: own?.afterMs ?? defaults.afterMs ?? 0 };
    }
  }
  return { outcome: SUCCESS, afterMs: own?.afterMs ?? defaults.afterMs ?? 0 };
}

const SUCCESS: SimOutcome = { kind: "finish", exitCode: 0 };
