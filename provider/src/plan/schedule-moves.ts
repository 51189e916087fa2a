import type { CommandInvocationInputs, CommandInvocationState } from "../inputs.js";
import type { ScheduleChange } from "./schedule-change.js";
import { tracks, type Moves } from "./tracking.js";

/**
 * Who joined a schedule and who left it, as far as inputs, plan and ledger tell. One that returns is
 * armed again: nothing of it is left over.
 */
export function scheduleMoves(
  state: CommandInvocationState,
  news: CommandInvocationInputs,
  change: Pick<ScheduleChange, "added" | "removed">,
): Moves {
  const isMember = (id: string): boolean => {
    const status = state.results[id]?.status;
    return status !== undefined && status !== "Dropped";
  };
  if (!tracks(news)) {
    return {
      joined: change.added.filter((id) => !isMember(id)),
      left: change.removed.filter(isMember),
    };
  }
  const selected = news.plan?.tracked?.selected;
  // Where the members could not be read nobody is known to have moved.
  if (selected === undefined) return { joined: [], left: [] };
  const excluded = new Set(news.targets.exclude?.instanceIds ?? []);
  const declared = (news.targets.instanceIds ?? []).filter((id) => !excluded.has(id));
  const wanted = new Set([...declared, ...selected]);
  return {
    joined: [...wanted].filter((id) => !isMember(id)),
    left: Object.keys(state.results).filter((id) => isMember(id) && !wanted.has(id)),
  };
}
