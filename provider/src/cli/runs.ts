import { CloudAssistantError } from "../errors.js";

/**
 * `runs`: what a schedule has run.
 * @throws CloudAssistantError `NotImplemented`, always
 */
export function runs(): never {
  throw new CloudAssistantError(
    "NotImplemented",
    "The command runs is not implemented in this version: it belongs to schedules, which are not " +
      "there yet. For a run now, look at the resource's results, or use output.",
  );
}
