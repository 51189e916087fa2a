import { DEFAULT_LIMITS, TAG_RULES } from "cloud-assistant-api";
import { tagKeys } from "../names.js";

/** What the service allows, as far as inputs can be judged by it. */
export const limits = {
  /** Bytes of content after Base64. */
  encodedContent: DEFAULT_LIMITS.contentBytes.value,
  /** Bytes of content and parameters together after Base64. */
  encodedWithParameters: DEFAULT_LIMITS.contentAndParametersBytes.value,
  /** Custom placeholders in one content. */
  placeholders: DEFAULT_LIMITS.placeholdersPerCommand.value,
  /** Entries in `parameters`. */
  parameters: DEFAULT_LIMITS.parametersPerCall.value,
  commandName: DEFAULT_LIMITS.nameCharacters.value,
  description: DEFAULT_LIMITS.descriptionCharacters.value,
  workingDir: DEFAULT_LIMITS.workingDirCharacters.value,
  launcher: DEFAULT_LIMITS.launcherBytes.value,
  username: DEFAULT_LIMITS.usernameCharacters.value,
  // The same number in the models of @alicloud/ecs20140526 7.11.6.
  windowsPasswordName: DEFAULT_LIMITS.usernameCharacters.value,
  containerName: DEFAULT_LIMITS.containerNameCharacters.value,
  // DescribeInstances and ModifyInstanceAttribute: 2 to 128 characters.
  instanceName: 128,
  /** Seconds. */
  minTimeout: DEFAULT_LIMITS.timeoutMinimumSeconds.value,
  /** Seconds. */
  defaultTimeout: DEFAULT_LIMITS.timeoutDefaultSeconds.value,
  tagKey: TAG_RULES.keyCharacters.value,
  /** Of a tag that is looked for: what an instance carries may be longer. */
  selectingTagKey: TAG_RULES.keyCharactersOfTagResources.value,
  tagValue: TAG_RULES.valueCharacters.value,
  tags: TAG_RULES.perResource.value,
  /** Bytes of output that the service keeps of one execution. */
  keptOutput: DEFAULT_LIMITS.outputBytes.value,
} as const;

/** What this package allows. Source: the contract of the resources. */
export const ourLimits = {
  /** Tags of the user on an invocation; the rest are ours. */
  invocationTags: TAG_RULES.perResource.value - Object.keys(tagKeys).length,
  members: 20_000,
  /** Bytes of output that one resource keeps in all. */
  output: 256 * 1024,
} as const;

/** Exit codes by which a script asks the agent to power off or to reboot. */
export const powerCodes = {
  linux: [193, 194],
  windows: [3009, 3010],
} as const;
