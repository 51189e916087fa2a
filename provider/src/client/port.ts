/**
 * The door to Alibaba Cloud as the rest of the provider sees it: one method, typed by action. The
 * shapes are the SDK's (camelCase), cut down to what is used here; a field may always be missing.
 */

export type Tag = { readonly key: string; readonly value: string };
/** Without a value it matches every one. */
export type TagFilter = { readonly key: string; readonly value?: string };
export type TagFound = { readonly tagKey?: string; readonly tagValue?: string };

/** How a command is executed on a machine; common to InvokeCommand and RunCommand. */
export type ExecutionOptions = {
  readonly instanceId: readonly string[];
  readonly parameters?: Readonly<Record<string, string>>;
  readonly username?: string;
  readonly windowsPasswordName?: string;
  readonly timeout?: number;
  readonly workingDir?: string;
  readonly launcher?: string;
  readonly containerId?: string;
  readonly containerName?: string;
  readonly terminationMode?: string;
  readonly ossOutputDelivery?: string;
  readonly repeatMode?: string;
  readonly frequency?: string;
  readonly tag?: readonly Tag[];
  readonly clientToken: string;
};

export type CommandFound = {
  readonly commandId?: string;
  readonly name?: string;
  readonly type?: string;
  readonly description?: string;
  readonly commandContent?: string;
  readonly workingDir?: string;
  readonly timeout?: number;
  readonly enableParameter?: boolean;
  readonly launcher?: string;
  readonly provider?: string;
  readonly version?: number;
  readonly parameterNames?: { readonly parameterName?: readonly string[] };
  readonly tags?: { readonly tag?: readonly TagFound[] };
};

export type InvokeInstanceFound = {
  readonly instanceId?: string;
  readonly invocationStatus?: string;
  readonly exitCode?: number;
  readonly dropped?: number;
  readonly repeats?: number;
  readonly errorCode?: string;
  readonly errorInfo?: string;
  readonly startTime?: string;
  readonly finishTime?: string;
  readonly stopTime?: string;
  readonly updateTime?: string;
};

export type InvocationFound = {
  readonly invokeId?: string;
  readonly commandId?: string;
  readonly creationTime?: string;
  readonly repeatMode?: string;
  readonly frequency?: string;
  readonly parameters?: string;
  readonly commandContent?: string;
  readonly invocationStatus?: string;
  readonly tags?: { readonly tag?: readonly TagFound[] };
  readonly invokeInstances?: { readonly invokeInstance?: readonly InvokeInstanceFound[] };
};

export type InvocationResultFound = {
  readonly invokeId?: string;
  readonly instanceId?: string;
  readonly invocationStatus?: string;
  readonly exitCode?: number;
  readonly output?: string;
  readonly dropped?: number;
  readonly repeats?: number;
  readonly errorCode?: string;
  readonly errorInfo?: string;
  readonly startTime?: string;
  readonly finishedTime?: string;
};

export type InstanceFound = {
  readonly instanceId?: string;
  readonly instanceName?: string;
  readonly status?: string;
  readonly OSType?: string;
  readonly resourceGroupId?: string;
  readonly tags?: { readonly tag?: readonly TagFound[] };
};

export type ManagedInstanceFound = {
  readonly instanceId?: string;
  readonly instanceName?: string;
  readonly osType?: string;
  readonly connected?: boolean;
  readonly resourceGroupId?: string;
  readonly tags?: readonly TagFound[];
};

export type AssistantStatusFound = {
  readonly instanceId?: string;
  readonly cloudAssistantStatus?: string;
  readonly cloudAssistantVersion?: string;
  readonly OSType?: string;
  readonly lastHeartbeatTime?: string;
};

type Page = { readonly maxResults?: number; readonly nextToken?: string };
type WithId = { readonly requestId?: string };

type PowerRequest = {
  readonly instanceId: readonly string[];
  readonly batchOptimization?: "AllTogether" | "SuccessFirst";
};

/** `code` is "200", or why the instance was left as it is. */
type PowerResponse = WithId & {
  instanceResponses?: {
    instanceResponse?: readonly { instanceId?: string; code?: string; message?: string }[];
  };
};

/** Every action that this package calls: what goes in, what comes back. */
export type Calls = {
  GetCallerIdentity: {
    request: { readonly [key: string]: never };
    response: WithId & { accountId?: string; arn?: string };
  };
  CreateCommand: {
    request: {
      name: string;
      type: string;
      commandContent: string;
      contentEncoding: "Base64";
      description?: string;
      workingDir?: string;
      timeout?: number;
      enableParameter?: boolean;
      launcher?: string;
      resourceGroupId?: string;
      tag?: readonly Tag[];
      clientToken: string;
    };
    response: WithId & { commandId?: string };
  };
  ModifyCommand: {
    request: {
      commandId: string;
      name?: string;
      description?: string;
      workingDir?: string;
      timeout?: number;
      launcher?: string;
    };
    response: WithId;
  };
  DeleteCommand: { request: { commandId: string }; response: WithId };
  DescribeCommands: {
    request: Page & {
      commandId?: string;
      name?: string;
      provider?: string;
      latest?: boolean;
      contentEncoding: "Base64";
    };
    response: WithId & { commands?: { command?: readonly CommandFound[] }; nextToken?: string };
  };
  InvokeCommand: {
    request: ExecutionOptions & { commandId: string };
    response: WithId & { invokeId?: string };
  };
  RunCommand: {
    request: ExecutionOptions & {
      type: string;
      commandContent: string;
      contentEncoding: "Base64";
      enableParameter?: boolean;
      keepCommand?: boolean;
      name?: string;
    };
    response: WithId & { invokeId?: string; commandId?: string };
  };
  StopInvocation: {
    request: { invokeId: string; instanceId?: readonly string[] };
    response: WithId;
  };
  ModifyInvocationAttribute: {
    request: {
      invokeId: string;
      commandContent?: string;
      contentEncoding?: "Base64";
      enableParameter?: boolean;
      parameters?: Readonly<Record<string, string>>;
      frequency?: string;
      instanceId?: readonly string[];
      clientToken: string;
    };
    response: WithId & { commandId?: string };
  };
  DescribeInvocations: {
    request: Page & {
      invokeId?: string;
      commandId?: string;
      timed?: boolean;
      tag?: readonly TagFilter[];
      contentEncoding?: "Base64";
    };
    response: WithId & {
      invocations?: { invocation?: readonly InvocationFound[] };
      nextToken?: string;
    };
  };
  DescribeInvocationResults: {
    request: Page & {
      invokeId: string;
      instanceId?: string;
      includeHistory?: boolean;
      contentEncoding: "Base64";
    };
    response: WithId & {
      invocation?: {
        invocationResults?: { invocationResult?: readonly InvocationResultFound[] };
        nextToken?: string;
      };
    };
  };
  DescribeInstances: {
    request: Page & {
      instanceIds?: string;
      instanceName?: string;
      resourceGroupId?: string;
      tag?: readonly Tag[];
    };
    response: WithId & { instances?: { instance?: readonly InstanceFound[] }; nextToken?: string };
  };
  DescribeManagedInstances: {
    request: Page & {
      instanceId?: readonly string[];
      instanceName?: string;
      resourceGroupId?: string;
      tag?: readonly Tag[];
    };
    response: WithId & { instances?: readonly ManagedInstanceFound[]; nextToken?: string };
  };
  DescribeCloudAssistantStatus: {
    request: Page & { instanceId: readonly string[] };
    response: WithId & {
      instanceCloudAssistantStatusSet?: {
        instanceCloudAssistantStatus?: readonly AssistantStatusFound[];
      };
      nextToken?: string;
    };
  };
  DescribeAccountAttributes: {
    request: { attributeName: readonly string[] };
    response: WithId & {
      accountAttributeItems?: {
        accountAttributeItem?: readonly {
          attributeName?: string;
          attributeValues?: { valueItem?: readonly { value?: string }[] };
        }[];
      };
    };
  };
  StartInstances: { request: PowerRequest; response: PowerResponse };
  RebootInstances: { request: PowerRequest; response: PowerResponse };
  InstallCloudAssistant: { request: { instanceId: readonly string[] }; response: WithId };
  TagResources: {
    request: { resourceType: string; resourceId: readonly string[]; tag: readonly Tag[] };
    response: WithId;
  };
  UntagResources: {
    request: { resourceType: string; resourceId: readonly string[]; tagKey: readonly string[] };
    response: WithId;
  };
  ListTagResources: {
    request: {
      resourceType: string;
      resourceId?: readonly string[];
      /** Without a value: whatever has the key. */
      tag?: readonly { readonly key: string; readonly value?: string }[];
      nextToken?: string;
    };
    response: WithId & {
      tagResources?: {
        tagResource?: readonly {
          resourceId?: string;
          resourceType?: string;
          tagKey?: string;
          tagValue?: string;
        }[];
      };
      nextToken?: string;
    };
  };
};

export type Action = keyof Calls;

export type CallOptions = {
  /**
   * How long trouble that passes (throttling, 5xx, lost connections) is waited out, in milliseconds
   * of the world's clock from now. Default: ten minutes.
   */
  readonly patienceMs?: number;
  /** The moment after which nothing is tried again, in milliseconds since the epoch. */
  readonly deadlineMs?: number;
  /** Ends waiting between tries. A try under way is never cut off: its answer matters. */
  readonly signal?: AbortSignal;
  /**
   * Asked right before each try, the first one included: what it throws ends the call.
   *
   * @param lost whether a try before may have had its effect, and nobody knows
   */
  readonly beforeTry?: (lost: boolean) => Promise<void>;
  /**
   * Set for what must not happen twice and takes no token: a try whose outcome is not known is the
   * last one, and is `ApiUnreachable`.
   */
  readonly unrepeatable?: boolean;
};

/** One region of one account. */
export interface CloudApi {
  readonly region: string;
  /** Set when the endpoint is a local emulator. */
  readonly localEmulator: boolean;
  /** Of an API that remembers what it read: where it reads. */
  readonly source?: CloudApi;
  /**
   * Calls an action until it is answered or time runs out.
   * @throws CloudAssistantError `ApiRefused`, `AccessDenied`, `Throttled` or `ApiUnreachable`
   */
  call<A extends Action>(
    action: A,
    request: Calls[A]["request"],
    options?: CallOptions,
  ): Promise<Calls[A]["response"]>;
}
