/** Requests as a client writes them, before lists are flattened to `InstanceId.1`, `Tag.1.Key`, … */

export type TagIn = { readonly Key: string; readonly Value?: string };

export type Paging = {
  readonly MaxResults?: number;
  readonly NextToken?: string;
  readonly PageNumber?: number;
  readonly PageSize?: number;
};

export type CreateCommandRequest = {
  readonly RegionId: string;
  readonly Name: string;
  readonly Type: string;
  readonly CommandContent: string;
  /** @default Base64 */
  readonly ContentEncoding?: string;
  readonly Description?: string;
  readonly WorkingDir?: string;
  /** Seconds. @default 60 */
  readonly Timeout?: number;
  /** @default false */
  readonly EnableParameter?: boolean;
  readonly Launcher?: string;
  readonly ResourceGroupId?: string;
  readonly Tag?: readonly TagIn[];
  readonly ClientToken?: string;
};

export type ModifyCommandRequest = {
  readonly RegionId: string;
  readonly CommandId: string;
  readonly Name?: string;
  readonly Description?: string;
  readonly WorkingDir?: string;
  readonly Timeout?: number;
  readonly Launcher?: string;
};

/** What InvokeCommand and RunCommand have in common. */
export type InvocationRequest = {
  readonly RegionId: string;
  readonly InstanceId?: readonly string[];
  /** Selects the instances; excludes InstanceId. */
  readonly ResourceTag?: readonly TagIn[];
  readonly RepeatMode?: string;
  readonly Frequency?: string;
  /** One JSON text on the wire. Values are strings. */
  readonly Parameters?: Readonly<Record<string, string>>;
  readonly Username?: string;
  readonly WindowsPasswordName?: string;
  readonly Timeout?: number;
  readonly WorkingDir?: string;
  readonly ContainerId?: string;
  readonly ContainerName?: string;
  readonly Launcher?: string;
  readonly TerminationMode?: string;
  readonly OssOutputDelivery?: string;
  readonly ResourceGroupId?: string;
  /** Tags the invocation; selects nothing. */
  readonly Tag?: readonly TagIn[];
  readonly ClientToken?: string;
};

export type InvokeCommandRequest = InvocationRequest & {
  /** An own command's id, or a public command's name. */
  readonly CommandId: string;
};

export type RunCommandRequest = InvocationRequest & {
  readonly Type: string;
  readonly CommandContent: string;
  /** @default PlainText: the opposite of CreateCommand */
  readonly ContentEncoding?: string;
  readonly Name?: string;
  readonly Description?: string;
  readonly EnableParameter?: boolean;
  /** @default false: the command is deleted after the execution */
  readonly KeepCommand?: boolean;
};

export type StopInvocationRequest = {
  readonly RegionId: string;
  readonly InvokeId: string;
  /** @default all of the invocation's */
  readonly InstanceId?: readonly string[];
};

export type ModifyInvocationAttributeRequest = {
  readonly RegionId: string;
  readonly InvokeId: string;
  readonly CommandContent?: string;
  readonly ContentEncoding?: string;
  readonly Parameters?: Readonly<Record<string, string>>;
  readonly EnableParameter?: boolean;
  readonly Frequency?: string;
  /** Instances to add. */
  readonly InstanceId?: readonly string[];
  readonly ClientToken?: string;
};

export type DescribeInvocationsRequest = Paging & {
  readonly RegionId: string;
  readonly InvokeId?: string;
  readonly CommandId?: string;
  readonly CommandName?: string;
  readonly CommandType?: string;
  readonly InstanceId?: string;
  readonly InvokeStatus?: string;
  readonly RepeatMode?: string;
  readonly Timed?: boolean;
  /** Needs InvokeId or InstanceId. */
  readonly IncludeOutput?: boolean;
  readonly ContentEncoding?: string;
  readonly ResourceGroupId?: string;
  readonly Tag?: readonly TagIn[];
};

export type DescribeInvocationResultsRequest = Paging & {
  readonly RegionId: string;
  readonly InvokeId?: string;
  readonly CommandId?: string;
  readonly InstanceId?: string;
  readonly InvokeRecordStatus?: string;
  /** Needs the InvokeId of a Period or EveryReboot invocation. */
  readonly IncludeHistory?: boolean;
  readonly ContentEncoding?: string;
  readonly ResourceGroupId?: string;
  readonly Tag?: readonly TagIn[];
};
