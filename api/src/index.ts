export { ACTIONS, ACTION_NAMES, isActionName } from "./actions.js";
export type { Action, ActionName, Product } from "./actions.js";
export { API_ERRORS } from "./api-errors.js";
export type { ApiError, ApiErrorCode } from "./api-errors.js";
export {
  COMMAND_TYPES,
  COMMAND_TYPE_OS,
  CONTENT_ENCODINGS,
  TERMINATION_MODES,
  isCommandType,
} from "./command-types.js";
export type { CommandType, ContentEncoding, TerminationMode } from "./command-types.js";
export { INSTANCE_ERRORS, isInstanceErrorCode } from "./instance-errors.js";
export type { InstanceError, InstanceErrorCode } from "./instance-errors.js";
export { DEFAULT_LIMITS } from "./limits.js";
export type { LimitName } from "./limits.js";
export { AGENT_VERSIONS, BUILT_IN_PARAMETERS, PARAMETER_NAME } from "./placeholders.js";
export type { AgentFeature, BuiltInParameter } from "./placeholders.js";
export { REGIONS, isRegionId } from "./regions.js";
export type { Region } from "./regions.js";
export { MODIFIABLE_REPEAT_MODES, REPEAT_MODES, isRepeatMode } from "./repeat-modes.js";
export type { RepeatMode } from "./repeat-modes.js";
export {
  FINAL_INSTANCE_STATUSES,
  INSTANCE_STATUSES,
  INVOCATION_STATUSES,
  LEGACY_INSTANCE_STATUSES,
  LEGACY_INVOCATION_STATUSES,
  POWER_STATES,
  isFinalInstanceStatus,
} from "./statuses.js";
export type {
  FinalInstanceStatus,
  InstancePower,
  InstanceStatus,
  InvocationStatus,
  LegacyInstanceStatus,
  LegacyInvocationStatus,
} from "./statuses.js";
export {
  FORBIDDEN_IN_TAGS,
  FORBIDDEN_TAG_PREFIXES,
  TAGGABLE_RESOURCES,
  TAG_RULES,
  tagProblem,
} from "./tags.js";
export type { TagProblem, TaggableResource } from "./tags.js";
export type { Source, Sourced } from "./source.js";
export type {
  CreateCommandRequest,
  DescribeInvocationResultsRequest,
  DescribeInvocationsRequest,
  InvocationRequest,
  InvokeCommandRequest,
  ModifyCommandRequest,
  ModifyInvocationAttributeRequest,
  Paging,
  RunCommandRequest,
  StopInvocationRequest,
  TagIn,
} from "./requests.js";
export type {
  CloudAssistantStatusOut,
  CommandOut,
  CreateCommandResponse,
  DescribeAccountAttributesResponse,
  DescribeCloudAssistantStatusResponse,
  DescribeCommandsResponse,
  DescribeInstancesResponse,
  DescribeInvocationResultsResponse,
  DescribeInvocationsResponse,
  DescribeManagedInstancesResponse,
  ErrorResponse,
  GetCallerIdentityResponse,
  InstanceOut,
  InstanceResponseOut,
  InvocationOut,
  InvocationResultOut,
  InvokeCommandResponse,
  InvokeInstanceOut,
  ListTagResourcesResponse,
  ManagedInstanceOut,
  Paged,
  ParameterDefinitionOut,
  RunCommandResponse,
  TagOut,
  TagResourceOut,
  TagsOut,
} from "./responses.js";
