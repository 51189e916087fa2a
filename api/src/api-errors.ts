import type { Source } from "./source.js";

/** A refusal of the API. Clients match on the code: the statuses have changed over the years. */
export type ApiError = {
  readonly status: number;
  readonly message: string;
  readonly source: Source;
};

const D = "doc-2025";
const OLD = "doc-2021";

/** Codes whose text no page quotes carry a message in the same manner. */
export const API_ERRORS = {
  // Every operation.
  "RegionId.ApiNotSupported": refusal(400, "The api is not supported in this region.", D),
  "InvalidRegionId.NotFound": refusal(404, "The specified RegionId does not exist.", D),
  "Operation.Forbidden": refusal(403, "The operation is not permitted.", D),
  "InternalError.Dispatch": refusal(500, "An error occurred when you dispatched the request.", D),
  InternalError: refusal(500, "The request processing has failed due to some unknown error.", D),
  ServiceUnavailable: refusal(
    503,
    "The request has failed due to a temporary failure of the server.",
    D,
  ),
  MissingParameter: refusal(
    400,
    "The input parameter that is mandatory for processing this request is not supplied.",
    "general",
  ),
  InvalidParameter: refusal(400, "The specified parameter is not valid.", "general"),
  "Invalid.Parameter": refusal(403, "The specified parameter is not valid.", OLD),

  // ClientToken.
  IdempotentParameterMismatch: refusal(
    403,
    "The request uses the same client token as a previous, but non-identical request.",
    D,
  ),
  IdempotentProcessing: refusal(403, "The previous idempotent request(s) is still processing.", D),
  "InvalidClientToken.Malformed": refusal(
    400,
    "The specified parameter clientToken is not valid.",
    D,
  ),

  // Commands.
  "CmdParam.EmptyKey": refusal(400, "The parameter key of the command is empty.", D),
  "CmdParam.InvalidParamName": refusal(400, "The parameter name of the command is invalid.", D),
  "CmdContent.DecodeError": refusal(400, "The CommandContent can not be base64 decoded.", D),
  "InvalidParameter.WorkingDir": refusal(400, "The specified WorkingDir is not valid.", D),
  "CmdContent.ExceedLimit": refusal(
    403,
    "The length of the command content exceeds the upper limit.",
    D,
  ),
  "CmdName.ExceedLimit": refusal(403, "The length of the command name exceeds the upper limit.", D),
  "CmdName.Readonly": refusal(403, "The published command is read-only.", D),
  "CmdDesc.ExceedLimit": refusal(
    403,
    "The length of the command description exceeds the upper limit.",
    D,
  ),
  "CmdCount.ExceedQuota": refusal(
    403,
    "The total number of commands in the current region exceeds the quota.",
    D,
  ),
  "CmdParamCount.ExceedLimit": refusal(403, "The number of parameters exceeds the upper limit.", D),
  "CmdParamName.ExceedLimit": refusal(
    403,
    "The length of the parameter name exceeds the upper limit.",
    D,
  ),
  "InvalidStatus.ResourceGroup": refusal(403, "The specified resource group is not valid.", D),
  "InvalidParameterCharacter.CommandName": refusal(
    403,
    "The command name has an illegal character.",
    D,
  ),
  "InvalidParameterCharacter.CommandDescription": refusal(
    403,
    "The command description has an illegal character.",
    D,
  ),
  "InvalidParameterCharacter.CommandWorkingDir": refusal(
    403,
    "The working directory has an illegal character.",
    D,
  ),
  "InvalidLauncher.LengthLimitExceeded": refusal(
    403,
    "The length of the Launcher exceeds the upper limit.",
    D,
  ),
  "InvalidTimeout.ExceedLimit": refusal(403, "The specified Timeout exceeds the upper limit.", D),
  "InvalidCmdType.NotFound": refusal(404, "The specified command type does not exist.", D),
  "InvalidCommandType.NotFound": refusal(404, "The specified command type does not exist.", D),
  "InvalidResourceGroup.NotFound": refusal(404, "The specified resource group does not exist.", D),
  "InvalidCmdId.NotFound": refusal(404, "The specified command ID does not exist.", D),
  "InvalidStatus.CmdIdInUse": refusal(
    403,
    "The specified commandId is in use by some runing Invocation.",
    D,
  ),
  "InvalidName.LengthLimitExceeded": refusal(
    403,
    "The length of the Name exceeds the upper limit.",
    D,
  ),
  "InvalidDescription.LengthLimitExceeded": refusal(
    403,
    "The length of the Description exceeds the upper limit.",
    D,
  ),

  // Invocations.
  "MissingParam.InstanceId": refusal(400, "The parameter InstanceId is required.", D),
  "InvalidContainerId.Malformed": refusal(400, "The specified ContainerId is not valid.", D),
  "InvalidContainerName.Malformed": refusal(400, "The specified ContainerName is not valid.", D),
  "InvalidInstance.NotMatch": refusal(
    400,
    "The specified instance is not supported by the command.",
    D,
  ),
  "MissingParam.Frequency": refusal(400, "The parameter Frequency is required.", D),
  "InvalidParam.Frequency": refusal(400, "The specified frequency is invalid.", D),
  "Parameter.MissingValue": refusal(400, "The value of a required parameter is missing.", D),
  "Parameter.Disabled": refusal(
    400,
    "Parameters should not be passed in when customization is disabled.",
    D,
  ),
  "InvalidParameter.Parameters": refusal(400, "The specified Parameters is not valid.", D),
  "NumberExceed.ResourceTags": refusal(
    400,
    "The number of ResourceTags exceeds the upper limit.",
    D,
  ),
  "MissingParameter.ResourceTagKey": refusal(400, "The key of a ResourceTag is required.", D),
  "InvalidResourceTagKey.Malformed": refusal(400, "The specified ResourceTag.Key is not valid.", D),
  "InvalidResourceTagValue.Malformed": refusal(
    400,
    "The specified ResourceTag.Value is not valid.",
    D,
  ),
  "Duplicate.ResourceTagKey": refusal(400, "The ResourceTag.Key contains duplicate keys.", D),
  "InvalidResourceTag.InstanceNotFound": refusal(
    400,
    "No instance was found by the specified ResourceTag.",
    D,
  ),
  "InvalidResourceTag.ConflictWithInstanceIds": refusal(
    400,
    "ResourceTag and InstanceId cannot be specified at the same time.",
    D,
  ),
  "InstanceIds.ExceedLimit": refusal(403, "The number of instance IDs exceeds the upper limit.", D),
  "Invocation.ExceedQuota": refusal(
    403,
    "The invocation quota in the current region has been reached for today.",
    D,
  ),
  "ParameterCount.ExceedLimit": refusal(
    403,
    "The number of parameters exceeds the upper limit.",
    D,
  ),
  "ParameterKey.ExceedLimit": refusal(
    403,
    "The length of the parameter key exceeds the upper limit.",
    D,
  ),
  "ParameterKey.Duplicate": refusal(403, "The parameter key is duplicate.", D),
  "Parameter.NotMatched": refusal(
    403,
    "The specified parameters do not match those of the command.",
    D,
  ),
  "ParameterType.NotSupported": refusal(403, "The type of a parameter value is not supported.", D),
  "InvalidParameterCharset.Parameters": refusal(
    403,
    "The charset of Parameters is not supported.",
    D,
  ),
  "Username.ExceedLimit": refusal(403, "The length of the Username exceeds the upper limit.", D),
  "WindowsPasswordName.ExceedLimit": refusal(
    403,
    "The length of the WindowsPasswordName exceeds the upper limit.",
    D,
  ),
  "WindowsPasswordName.Missed": refusal(
    403,
    "The WindowsPasswordName must be specified with a user of Windows.",
    D,
  ),
  "ParameterStore.NotSupported": refusal(403, "The parameter store is not supported.", D),
  "ParameterStore.InvalidParameters": refusal(
    403,
    "The parameters of the parameter store are invalid.",
    D,
  ),
  "ParameterStore.NoPermission": refusal(403, "There is no permission on the parameter store.", D),
  "TemporaryAccessKey.Error": refusal(403, "The temporary access key could not be got.", D),
  "InvalidRepeatMode.NotFound": refusal(404, "The specified RepeatMode does not exist.", D),
  "InvalidInstance.NotFound": refusal(404, "The specified instance does not exist.", D),
  "InvalidTerminationMode.NotFound": refusal(
    404,
    "The specified TerminationMode does not exist.",
    D,
  ),
  "InvalidInvokeId.NotFound": refusal(404, "The specified invoke ID does not exist.", D),
  "InvalidInstanceId.NotFound": refusal(404, "The specified InstanceId does not exist.", D),

  // ModifyInvocationAttribute, a family of its own.
  "InvalidParameter.Frequency": refusal(400, "The specified Frequency is not valid.", D),
  "InvalidParameters.KeyDuplicate": refusal(400, "The parameter key is duplicate.", D),
  "InvalidParameters.KeyNotMatch": refusal(400, "A parameter key is none of the command's.", D),
  "InvalidParameters.KeyMalformed": refusal(400, "The parameter key is malformed.", D),
  "InvalidParameters.KeyEmpty": refusal(400, "The parameter key is empty.", D),
  "InvalidParameters.CountLimitExceeded": refusal(
    403,
    "The number of parameters exceeds the limit.",
    D,
  ),
  "InvalidParameters.KeyLengthLimitExceeded": refusal(403, "The parameter key is too long.", D),
  "InvalidParameters.ValueTypeUnsupported": refusal(
    403,
    "The type of a parameter value is not supported.",
    D,
  ),
  "InvalidCommandContent.DecodeError": refusal(400, "The CommandContent can not be decoded.", D),
  "InvalidCommandContent.LengthLimitExceeded": refusal(
    403,
    "The length of the CommandContent exceeds the limit.",
    D,
  ),
  "InvalidInstanceId.OSTypeUnsupported": refusal(
    403,
    "The operating system of the instance is not supported.",
    D,
  ),
  "InvalidInstanceId.CountLimitExceeded": refusal(
    403,
    "The number of instances exceeds the limit.",
    D,
  ),
  "InvalidOperation.RepeatModeUnsupported": refusal(
    403,
    "The RepeatMode of the invocation does not support this operation.",
    D,
  ),
  "InvalidOperation.InvokeAlreadyFinished": refusal(403, "The invocation has already finished.", D),
  "InvalidOperation.CloudAssistantVersionUnsupported": refusal(
    403,
    "The version of Cloud Assistant does not support this operation.",
    D,
  ),
  "InvalidOperation.ModifyPublicCommandUnsupported": refusal(
    403,
    "The content of a public command cannot be modified.",
    D,
  ),
  CommandLimitExceeded: refusal(403, "The number of commands exceeds the limit.", D),
  "InvalidCommandId.NotFound": refusal(404, "The specified command ID does not exist.", D),

  // Lists.
  "InvalidParam.PageNumber": refusal(400, "The specified PageNumber is not valid.", D),
  "InvalidParam.PageSize": refusal(400, "The specified PageSize is not valid.", D),
  "InvalidParameter.NextToken": refusal(400, "The specified NextToken is not valid.", D),
  "InvalidParameter.MaxResults": refusal(400, "The specified MaxResults is not valid.", D),

  // Tags.
  "NumberExceed.Tags": refusal(400, "The Tags parameter's number is exceed , Valid : 20", D),
  "NumberExceed.ResourceIds": refusal(
    400,
    "The ResourceIds parameter's number is exceed , Valid : 50",
    OLD,
  ),
  "Duplicate.TagKey": refusal(400, "The Tag.N.Key contain duplicate key.", D),
  "InvalidTagKey.Malformed": refusal(400, "The specified Tag.n.Key is not valid.", D),
  "InvalidTagValue.Malformed": refusal(400, "The specified Tag.n.Value is not valid.", D),
  "InvalidTag.Mismatch": refusal(400, "The specified Tag.n.Key and Tag.n.Value do not match.", OLD),
  "MissingParameter.TagKey": refusal(400, "You must specify Tag.N.Key.", D),
  "InvalidParameter.TagValue": refusal(400, "The specified Tag.N.Value needs a key.", "sdk"),
  "MissingParameter.ResourceType": refusal(404, "You must specify ResourceType.", OLD),
  "MissingParameter.Tags": refusal(404, "You must specify Tags.", OLD),
  "MissingParameter.ResourceIds": refusal(404, "You must specify ResourceId.N.", "inferred"),
  "InvalidResourceId.NotFound": refusal(404, "The specified ResourceIds are not found.", OLD),
  "InvalidResourceType.NotFound": refusal(404, "The specified ResourceType is not found.", OLD),
  "QuotaExceed.Tags": refusal(
    403,
    "The quota of tags on a resource is beyond permitted range.",
    OLD,
  ),

  // Instances.
  "InvalidStatus.NotFound": refusal(404, "The specified Status does not exist.", OLD),
  IncorrectInstanceStatus: refusal(
    403,
    "The current status of the resource does not support this operation.",
    OLD,
  ),
  DryRunOperation: refusal(400, "Request validation has been passed with DryRun flag set.", OLD),
  "DRYRUN.SUCCESS": refusal(400, "The dry run has succeeded.", "sdk"),
  "InvalidInstanceIds.Malformed": refusal(
    400,
    "The amount of specified instance Ids exceeds the limit, or they are not a list.",
    "inferred",
  ),
} as const satisfies Readonly<Record<string, ApiError>>;

export type ApiErrorCode = keyof typeof API_ERRORS;

function refusal(status: number, message: string, source: Source): ApiError {
  return { status, message, source };
}
