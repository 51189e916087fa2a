import { boolean, text, validation } from "./rules/fields.js";

export const deleteInstance = validation(
  { InstanceId: text({ required: true }), Force: boolean(), DryRun: boolean() },
  "any",
);
