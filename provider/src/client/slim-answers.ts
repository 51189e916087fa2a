import type { Action, AssistantStatusFound, Calls, InstanceFound } from "./port.js";
import type { ManagedInstanceFound, TagFound } from "./port.js";

type Slimmers = {
  readonly [A in Action]?: (answer: Calls[A]["response"]) => Calls[A]["response"];
};

/**
 * An answer without what nobody here reads. The service tells some sixty fields of a machine, and
 * the SDK makes an object of its own of each part: ten thousand of them are not to be kept.
 */
export function slimAnswer<A extends Action>(
  action: A,
  answer: Calls[A]["response"],
): Calls[A]["response"] {
  const slim = slimmers[action] as
    ((answer: Calls[A]["response"]) => Calls[A]["response"]) | undefined;
  return slim === undefined ? answer : slim(answer);
}

const slimmers: Slimmers = {
  DescribeInstances: (answer) => ({
    ...page(answer),
    instances: { instance: (answer.instances?.instance ?? []).map(instance) },
  }),
  DescribeManagedInstances: (answer) => ({
    ...page(answer),
    instances: (answer.instances ?? []).map(managedInstance),
  }),
  DescribeCloudAssistantStatus: (answer) => ({
    ...page(answer),
    instanceCloudAssistantStatusSet: {
      instanceCloudAssistantStatus: (
        answer.instanceCloudAssistantStatusSet?.instanceCloudAssistantStatus ?? []
      ).map(status),
    },
  }),
  ListTagResources: (answer) => ({
    ...page(answer),
    tagResources: {
      tagResource: (answer.tagResources?.tagResource ?? []).map((found) =>
        picked(found, "resourceId", "resourceType", "tagKey", "tagValue"),
      ),
    },
  }),
};

function page(answer: { readonly nextToken?: string }): { readonly nextToken?: string } {
  return picked(answer, "nextToken");
}

function instance(found: InstanceFound): InstanceFound {
  const tag = found.tags?.tag;
  return {
    ...picked(found, "instanceId", "instanceName", "status", "OSType", "resourceGroupId"),
    ...(tag === undefined ? {} : { tags: { tag: tag.map(tagOf) } }),
  };
}

function managedInstance(found: ManagedInstanceFound): ManagedInstanceFound {
  return {
    ...picked(found, "instanceId", "instanceName", "osType", "connected", "resourceGroupId"),
    ...(found.tags === undefined ? {} : { tags: found.tags.map(tagOf) }),
  };
}

function status(found: AssistantStatusFound): AssistantStatusFound {
  return picked(
    found,
    "instanceId",
    "cloudAssistantStatus",
    "cloudAssistantVersion",
    "OSType",
    "lastHeartbeatTime",
  );
}

function tagOf(found: TagFound): TagFound {
  return picked(found, "tagKey", "tagValue");
}

function picked<T extends object, K extends keyof T>(from: T, ...keys: readonly K[]): Pick<T, K> {
  const part: Partial<Pick<T, K>> = {};
  for (const key of keys) if (from[key] !== undefined) part[key] = from[key];
  return part as Pick<T, K>;
}
