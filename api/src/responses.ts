/** Answers as they are on the wire. Lists stand in a wrapper, times are UTC text, "" where none. */

export type TagOut = { readonly TagKey: string; readonly TagValue: string };
export type TagsOut = { readonly Tag: readonly TagOut[] };

export type Paged = {
  readonly TotalCount: number;
  readonly PageNumber: number;
  readonly PageSize: number;
  /** "" or absent on the last page. Opaque; may hold `+`, `/` and `=`. */
  readonly NextToken?: string;
};

export type CommandOut = {
  readonly CommandId: string;
  readonly Name: string;
  readonly Type: string;
  readonly Description: string;
  readonly CommandContent: string;
  readonly WorkingDir: string;
  readonly Timeout: number;
  readonly EnableParameter: boolean;
  readonly ParameterNames: { readonly ParameterName: readonly string[] };
  readonly ParameterDefinitions: {
    readonly ParameterDefinition: readonly ParameterDefinitionOut[];
  };
  /** Without seconds: `2020-11-17T06:52Z`. */
  readonly CreationTime: string;
  readonly InvokeTimes: number;
  readonly Launcher: string;
  readonly ResourceGroupId: string;
  readonly Provider?: string;
  readonly Category?: string;
  readonly Version?: number;
  readonly Latest?: boolean;
  readonly Tags: TagsOut;
};

export type ParameterDefinitionOut = {
  readonly ParameterName: string;
  readonly Description: string;
  readonly DefaultValue: string;
  readonly Required: boolean;
  readonly PossibleValues: { readonly PossibleValue: readonly string[] };
  readonly PatternRegex?: string;
};

export type DescribeCommandsResponse = Paged & {
  readonly RequestId: string;
  readonly Commands: { readonly Command: readonly CommandOut[] };
};

export type CreateCommandResponse = { readonly RequestId: string; readonly CommandId: string };
export type InvokeCommandResponse = { readonly RequestId: string; readonly InvokeId: string };
export type RunCommandResponse = {
  readonly RequestId: string;
  readonly CommandId: string;
  readonly InvokeId: string;
};

export type InvokeInstanceOut = {
  readonly InstanceId: string;
  readonly InvocationStatus: string;
  readonly InstanceInvokeStatus: string;
  readonly CreationTime: string;
  readonly StartTime: string;
  readonly FinishTime: string;
  readonly StopTime: string;
  readonly UpdateTime: string;
  readonly Repeats: number;
  /** Absent when no process has ended. */
  readonly ExitCode?: number;
  readonly Output?: string;
  readonly Dropped: number;
  readonly ErrorCode: string;
  readonly ErrorInfo: string;
  readonly Timed: boolean;
  readonly OssOutputStatus: string;
  readonly OssOutputUri: string;
  readonly OssOutputErrorCode: string;
  readonly OssOutputErrorInfo: string;
};

export type InvocationOut = {
  readonly InvokeId: string;
  readonly CommandId: string;
  readonly CommandName: string;
  readonly CommandDescription: string;
  readonly CommandType: string;
  readonly CommandContent: string;
  readonly CreationTime: string;
  readonly Frequency: string;
  readonly RepeatMode: string;
  readonly Timed: boolean;
  readonly Timeout: number;
  readonly WorkingDir: string;
  readonly Username: string;
  /** JSON text, `{}` when there are none. */
  readonly Parameters: string;
  readonly InvocationStatus: string;
  readonly InvokeStatus: string;
  readonly ContainerId: string;
  readonly ContainerName: string;
  readonly Launcher: string;
  readonly TerminationMode: string;
  readonly OssOutputDelivery: string;
  readonly Tags: TagsOut;
  /** Not paged. */
  readonly InvokeInstances: { readonly InvokeInstance: readonly InvokeInstanceOut[] };
};

export type DescribeInvocationsResponse = Paged & {
  readonly RequestId: string;
  readonly Invocations: { readonly Invocation: readonly InvocationOut[] };
};

export type InvocationResultOut = {
  readonly InvokeId: string;
  readonly CommandId: string;
  readonly InstanceId: string;
  readonly InvocationStatus: string;
  readonly InvokeRecordStatus: string;
  readonly StartTime: string;
  /** Here FinishedTime; in DescribeInvocations it is FinishTime. */
  readonly FinishedTime: string;
  readonly StopTime: string;
  readonly ExitCode?: number;
  readonly Output: string;
  readonly Dropped: number;
  readonly Repeats: number;
  readonly ErrorCode: string;
  readonly ErrorInfo: string;
  readonly Username: string;
  readonly ContainerId: string;
  readonly ContainerName: string;
  readonly Launcher: string;
  readonly TerminationMode: string;
  readonly OssOutputDelivery: string;
  readonly OssOutputStatus: string;
  readonly OssOutputUri: string;
  readonly OssOutputErrorCode: string;
  readonly OssOutputErrorInfo: string;
  readonly Tags: TagsOut;
};

/** The paging fields stand inside Invocation. */
export type DescribeInvocationResultsResponse = {
  readonly RequestId: string;
  readonly Invocation: Paged & {
    readonly InvocationResults: { readonly InvocationResult: readonly InvocationResultOut[] };
  };
};

export type CloudAssistantStatusOut = {
  readonly InstanceId: string;
  /** "true" when a heart-beat came within the last two minutes. */
  readonly CloudAssistantStatus: "true" | "false";
  /** "" when not installed or not running. */
  readonly CloudAssistantVersion: string;
  readonly ActiveTaskCount: number;
  readonly InvocationCount: number;
  readonly LastInvokedTime: string;
  readonly LastHeartbeatTime: string;
  readonly OSType: "Linux" | "Windows" | "FreeBSD";
  readonly SupportSessionManager: boolean;
};

export type DescribeCloudAssistantStatusResponse = Paged & {
  readonly RequestId: string;
  readonly InstanceCloudAssistantStatusSet: {
    readonly InstanceCloudAssistantStatus: readonly CloudAssistantStatusOut[];
  };
};

export type InstanceOut = {
  readonly InstanceId: string;
  readonly InstanceName: string;
  readonly HostName: string;
  readonly Status: string;
  /** Lower case here. */
  readonly OSType: "linux" | "windows";
  readonly OSName: string;
  readonly ResourceGroupId: string;
  readonly RegionId: string;
  readonly ZoneId: string;
  readonly CreationTime: string;
  readonly StartTime: string;
  readonly Tags: TagsOut;
};

export type DescribeInstancesResponse = Paged & {
  readonly RequestId: string;
  readonly Instances: { readonly Instance: readonly InstanceOut[] };
};

/** A plain array, and plain arrays of tags: no wrappers here. */
export type ManagedInstanceOut = {
  readonly InstanceId: string;
  readonly InstanceName: string;
  readonly Hostname: string;
  readonly OsType: string;
  readonly OsVersion: string;
  readonly AgentVersion: string;
  readonly Connected: boolean;
  readonly InternetIp: string;
  readonly IntranetIp: string;
  readonly InvocationCount: number;
  readonly LastInvokedTime: string;
  readonly RegistrationTime: string;
  readonly ActivationId: string;
  readonly MachineId: string;
  readonly ResourceGroupId: string;
  readonly Tags: readonly TagOut[];
};

export type DescribeManagedInstancesResponse = Paged & {
  readonly RequestId: string;
  readonly Instances: readonly ManagedInstanceOut[];
};

export type TagResourceOut = TagOut & {
  readonly ResourceId: string;
  readonly ResourceType: string;
};

export type ListTagResourcesResponse = {
  readonly RequestId: string;
  readonly NextToken: string;
  readonly TagResources: { readonly TagResource: readonly TagResourceOut[] };
};

export type DescribeAccountAttributesResponse = {
  readonly RequestId: string;
  readonly AccountAttributeItems: {
    readonly AccountAttributeItem: readonly {
      readonly AttributeName: string;
      readonly AttributeValues: { readonly ValueItem: readonly { readonly Value: string }[] };
    }[];
  };
};

/** One instance's part of Start-, Stop- and RebootInstances, and DeleteInstances' siblings. */
export type InstanceResponseOut = {
  readonly InstanceId: string;
  /** "200" or an error code. */
  readonly Code: string;
  readonly Message: string;
  readonly PreviousStatus: string;
  readonly CurrentStatus: string;
};

export type GetCallerIdentityResponse = {
  readonly RequestId: string;
  readonly AccountId: string;
  readonly UserId: string;
  readonly PrincipalId: string;
  readonly Arn: string;
  readonly IdentityType: "Account" | "RAMUser" | "AssumedRoleUser";
};

/** The body of every refusal. */
export type ErrorResponse = {
  readonly RequestId: string;
  readonly HostId: string;
  readonly Code: string;
  readonly Message: string;
  readonly Recommend: string;
};
