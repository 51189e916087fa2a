import type { Source } from "./source.js";

export type Product = "Ecs" | "Sts";

/** One operation of the API. */
export type Action = {
  readonly name: ActionName;
  readonly product: Product;
  readonly version: "2014-05-26" | "2015-04-01";
  /** Whether it changes anything when it succeeds. */
  readonly mutating: boolean;
  /** Whether a repetition can be told by ClientToken. */
  readonly hasClientToken: boolean;
  readonly source: Source;
};

/** Every operation that Cloud Assistant and what stands around it need. */
export const ACTION_NAMES = [
  "CreateCommand",
  "ModifyCommand",
  "DeleteCommand",
  "DescribeCommands",
  "InvokeCommand",
  "RunCommand",
  "StopInvocation",
  "ModifyInvocationAttribute",
  "DescribeInvocations",
  "DescribeInvocationResults",
  "DescribeCloudAssistantStatus",
  "InstallCloudAssistant",
  "SendFile",
  "DescribeSendFileResults",
  "DescribeCloudAssistantSettings",
  "DescribeManagedInstances",
  "DescribeInstances",
  "DescribeInstanceStatus",
  "RunInstances",
  "DeleteInstance",
  "DeleteInstances",
  "StartInstance",
  "StartInstances",
  "StopInstance",
  "StopInstances",
  "RebootInstance",
  "RebootInstances",
  "DescribeAccountAttributes",
  "TagResources",
  "UntagResources",
  "ListTagResources",
  "DescribeRegions",
  "GetCallerIdentity",
] as const;

export type ActionName = (typeof ACTION_NAMES)[number];

/** Actions that take a ClientToken; none of Stop, Modify or Delete does. */
const WITH_CLIENT_TOKEN: ReadonlySet<ActionName> = new Set<ActionName>([
  "CreateCommand",
  "RunCommand",
  "InvokeCommand",
  "ModifyInvocationAttribute",
  "SendFile",
  "RunInstances",
  "DeleteInstances",
]);

const READS = /^(Describe|List|Get)/;

export const ACTIONS: Readonly<Record<ActionName, Action>> = Object.fromEntries(
  ACTION_NAMES.map((name): [ActionName, Action] => [name, action(name)]),
) as Record<ActionName, Action>;

export function isActionName(name: string): name is ActionName {
  return Object.hasOwn(ACTIONS, name);
}

function action(name: ActionName): Action {
  const sts = name === "GetCallerIdentity";
  return {
    name,
    product: sts ? "Sts" : "Ecs",
    version: sts ? "2015-04-01" : "2014-05-26",
    mutating: !READS.test(name),
    hasClientToken: WITH_CLIENT_TOKEN.has(name),
    source: "sdk",
  };
}
