import { boolean, text, validation } from "./rules/fields.js";

/** Carries no RegionId: the instance itself tells where it is. */
export const stopInstance = validation(
  { InstanceId: text({ required: true }), ForceStop: boolean(), DryRun: boolean() },
  "any",
);
