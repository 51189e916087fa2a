import type { FinalInstanceStatus } from "./statuses.js";
import type { Source } from "./source.js";

/** Why one instance of an invocation did not run well: ErrorCode, beside ErrorInfo. */
export type InstanceError = {
  /** The status that goes with it. Where no page says so, inferred from the meaning. */
  readonly status: FinalInstanceStatus;
  /** ErrorInfo as the service words it. Never branch on it. */
  readonly info: string;
  readonly source: Source;
};

export const INSTANCE_ERRORS = {
  // The machine could not be reached.
  InstanceNotExists: aborted("the specified instance does not exists", "doc-2025"),
  InstanceReleased: error("the instance has released when create task", "doc-2025"),
  InstanceNotRunning: aborted("the instance is not running when create task", "doc-2025"),
  InstanceDeregistered: aborted("the managed instance has been deregistered", "doc-2025"),
  ClientNotRunning: aborted("the aliyun service is not running on the instance", "doc-2025"),
  ClientNotResponse: aborted("the aliyun service in the instance does not response", "doc-2025"),
  ClientNotOnline: aborted("the aliyun service in the instance is not online", "doc-2025"),
  ClientNetworkBlocked: aborted("the network of the aliyun service is blocked", "doc-2025"),
  ClientIsUpgrading: aborted("the aliyun service in the instance is upgrading now", "doc-2025"),
  ClientNeedUpgrade: aborted("the aliyun service in the instance need upgrade", "doc-2025"),
  DeliveryTimeout: aborted("the command delivery has been timeout", "doc-2025"),
  SecurityGroupRuleDenied: aborted(
    "the security group rules denied access to the aliyun service",
    "doc-2025",
  ),
  TaskConcurrencyLimit: aborted("the number of concurrent tasks exceeds the maximum", "doc-2025"),

  // The command could not be taken.
  CommandNotApplicable: invalid("the command is not applicable", "doc-2025"),
  AccountNotExists: invalid("the specified account does not exists", "doc-2025"),
  DirectoryNotExists: invalid("the specified directory does not exists", "doc-2025"),
  DefaultWorkingDirectoryNotAvailable: invalid(
    "the default working directory is not available",
    "doc-2025",
  ),
  UserOrPasswordInvalid: invalid("the user name or password is invalid", "doc-2025"),
  InvalidCommandText: invalid("the command text is invalid", "doc-2025"),
  CommandContentDecodeError: invalid("the command content cannot be decoded", "doc-2025"),
  InvalidSystemBuiltInParameter: invalid("the built-in parameter is invalid", "doc-2025"),
  QueryParameterStoreFailed: invalid("the parameter store could not be queried", "doc-2025"),
  InstanceRoleInvalid: invalid("the role of the instance is invalid", "doc-2025"),
  BadCronExpression: invalid("the cron job expression is invalid", "doc-2025"),
  CronExpressionExpired: invalid("the cron job expression is expired", "doc-2025"),
  InvalidGMTOffsetForTimezone: invalid("the GMT offset of the time zone is invalid", "doc-2025"),
  InvalidGMTOffsetHourForTimezone: invalid("the hour of the GMT offset is invalid", "doc-2025"),
  InvalidGMTOffsetMinuteForTimezone: invalid("the minute of the GMT offset is invalid", "doc-2025"),
  TimezoneInformationCorrupt: invalid("the time zone information is corrupt", "doc-2025"),
  InvalidRateExpression: invalid("the rate expression is invalid", "doc-2025"),
  RateFrequencyTooLarge: invalid("the interval of the rate expression is too large", "doc-2025"),
  InvalidAtExpression: invalid("the at expression is invalid", "doc-2025"),
  AtExpressionExpired: invalid("the at expression is expired", "doc-2025"),
  InvalidContainerName: invalid("the container name is invalid", "doc-2025"),
  InvalidContainerId: invalid("the container id is invalid", "doc-2025"),
  UnsupportedContainerRuntime: invalid("the container runtime is not supported", "doc-2025"),
  ContainerConnectFailed: invalid("the container could not be connected", "doc-2025"),
  ContainerStateAbnormal: invalid("the state of the container is abnormal", "doc-2025"),
  ContainerNotFound: invalid("the container was not found", "doc-2025"),
  ContainerNameDuplicated: invalid("the container name is not unique", "doc-2025"),
  ContainerNameAndIdNotMatch: invalid("the container name and id do not match", "doc-2025"),
  FileAlreadyExists: invalid("the file already exists", "doc-2025"),
  FileNameInvalid: invalid("the file name is invalid", "doc-2025"),
  FilePathInvalid: invalid("the file path is invalid", "doc-2025"),
  FileAuthorityInvalid: invalid("the file authority is invalid", "doc-2025"),
  UserGroupNotExists: invalid("the user group does not exist", "doc-2025"),

  // It ran.
  ExitCodeNonzero: {
    status: "Failed",
    info: "the command execution exit code is not zero",
    source: "doc-2025",
  },
  ExecutionTimeout: {
    status: "Timeout",
    info: "the command execution has been timeout",
    source: "doc-2025",
  },
  ExecutionException: error("the command execution got an exception", "doc-2025"),
  ExecutionInterrupted: error("the command execution has been interrupted", "doc-2025"),
  InstanceRestarted: error("the instance has been restarted during the execution", "doc-2025"),
  ClientRestarted: error("the aliyun service was restarted during the execution", "doc-2025"),
  TerminationException: error("the command could not be terminated", "doc-2025"),
} as const satisfies Readonly<Record<string, InstanceError>>;

export type InstanceErrorCode = keyof typeof INSTANCE_ERRORS;

export function isInstanceErrorCode(code: string): code is InstanceErrorCode {
  return Object.hasOwn(INSTANCE_ERRORS, code);
}

function aborted(info: string, source: Source): InstanceError {
  return { status: "Aborted", info, source };
}

function invalid(info: string, source: Source): InstanceError {
  return { status: "Invalid", info, source };
}

function error(info: string, source: Source): InstanceError {
  return { status: "Error", info, source };
}
