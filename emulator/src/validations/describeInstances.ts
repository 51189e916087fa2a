import { DEFAULT_LIMITS, POWER_STATES } from "cloud-assistant-api";
import { TAG } from "./rules/common.js";
import { boolean, integer, text, validation } from "./rules/fields.js";

const { instancesPageMinimum: min, instancesPageMaximum: max } = DEFAULT_LIMITS;

/** Page sizes outside 10 to 100 become the nearest of them. */
export const describeInstances = validation({
  InstanceIds: text(),
  InstanceName: text(),
  Status: text({ values: { among: POWER_STATES, code: "InvalidStatus.NotFound" } }),
  ResourceGroupId: text(),
  ZoneId: text(),
  DryRun: boolean(),
  Tag: TAG,
  MaxResults: integer({ min: min.value, max: max.value, clamp: true }),
  NextToken: text(),
  PageNumber: integer({ min: 1, code: "InvalidParam.PageNumber" }),
  PageSize: integer({ min: 1, max: max.value, clamp: true }),
});
