import type { Source, Sourced } from "./source.js";

/** The numbers of the API that an account starts with. Some are raised on request, or differ by age. */
export const DEFAULT_LIMITS = {
  instancesPerCall: number(100, "sdk", "Older accounts: 50. Raised in Quota Center."),
  instancesPerStop: number(50, "sdk"),
  instancesPerModify: number(100, "inferred", "The page has only the error's text."),
  instancesPerInstall: number(50, "sdk"),
  instancesPerStatusRead: number(100, "doc-2025"),
  instancesPerDescribe: number(100, "sdk", "DescribeInstances and DescribeInstanceStatus."),
  instancesPerPowerCall: number(100, "sdk"),
  managedInstancesPerRead: number(50, "sdk"),
  commandsPerRegion: number(500, "sdk", "500 to 50,000 depending on usage."),
  /** 24 KB after Base64; older pages say 18 KB for a saved command, or 16. */
  contentBytes: number(24_576, "sdk"),
  contentAndParametersBytes: number(24_576, "sdk"),
  /** Kept of a run's output; the rest is counted in Dropped. */
  outputBytes: number(24_576, "doc-2025"),
  placeholdersPerCommand: number(20, "sdk"),
  parametersPerCall: number(10, "sdk"),
  parameterNameBytes: number(64, "sdk"),
  nameCharacters: number(128, "sdk"),
  descriptionCharacters: number(512, "sdk"),
  workingDirCharacters: number(200, "sdk"),
  launcherBytes: number(1_024, "sdk"),
  usernameCharacters: number(255, "sdk"),
  containerNameCharacters: number(255, "sdk"),
  clientTokenCharacters: number(64, "sdk"),
  timeoutDefaultSeconds: number(60, "sdk"),
  timeoutMinimumSeconds: number(10, "sdk", "Smaller values become 10."),
  rateMinimumSeconds: number(60, "sdk"),
  rateMaximumSeconds: number(7 * 86_400, "sdk"),
  cronMinimumGapSeconds: number(10, "sdk"),
  invocationsPerDay: number(5_000, "doc-2021", "Today no number is published."),
  historyDays: number(30, "sdk"),
  historyRecords: number(10_000, "sdk"),
  pageSizeDefault: number(10, "sdk"),
  pageSizeMaximum: number(50, "sdk"),
  instancesPageMinimum: number(10, "sdk"),
  instancesPageMaximum: number(100, "sdk"),
  filteredResources: number(1_000, "doc-2021", "Seen by a filter by tag or resource group."),
  resourceTagsPerInvoke: number(10, "sdk"),
  resourceTagsPerRun: number(20, "sdk"),
  tagResourcesPerCall: number(50, "sdk"),
  accountAttributesPerCall: number(8, "sdk"),
  activations: number(10, "inferred"),
  runningTasksPerInstance: number(10, "agent"),
  waitingTasksPerInstance: number(50, "agent"),
} as const satisfies Readonly<Record<string, Sourced<number>>>;

export type LimitName = keyof typeof DEFAULT_LIMITS;

function number(value: number, source: Source, note?: string): Sourced<number> {
  return note === undefined ? { value, source } : { value, source, note };
}
