import { canonicalJson } from "../plan/canonical-json.js";
import type { Action, Calls, CloudApi } from "./port.js";
import { slimAnswer } from "./slim-answers.js";
import type { WorldClock } from "./world.js";

/** A fleet moves; a check of a hundred resources need not ask about it a hundred times. */
const freshMs = 30_000;

/**
 * The reads of checks, remembered: one snapshot of the fleet and one read of a command serve every
 * resource of a process for a while. What acts asks anew.
 */
export function cachedForChecks(api: CloudApi, clock: WorldClock): CloudApi {
  const answers = new Map<string, { readonly at: number; readonly answer: Promise<unknown> }>();
  return {
    region: api.region,
    localEmulator: api.localEmulator,
    source: api,
    call<A extends Action>(
      action: A,
      request: Calls[A]["request"],
      options?: Parameters<CloudApi["call"]>[2],
    ): Promise<Calls[A]["response"]> {
      const key = `${action} ${canonicalJson(request)}`;
      const known = answers.get(key);
      const now = clock.now();
      if (known !== undefined && now - known.at < freshMs) {
        return known.answer as Promise<Calls[A]["response"]>;
      }
      for (const [old, { at }] of answers) if (now - at >= freshMs) answers.delete(old);
      const answer = api.call(action, request, options).then((whole) => slimAnswer(action, whole));
      answers.set(key, { at: now, answer });
      // A failure is not remembered: the next check may fare better.
      answer.catch(() => {
        answers.delete(key);
      });
      return answer;
    },
  };
}
