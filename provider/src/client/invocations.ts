import { chunk } from "../plan/batches.js";
import type { tagKeys } from "../names.js";
import type {
  CallOptions,
  CloudApi,
  InvocationFound,
  InvocationResultFound,
  Tag,
  TagFilter,
} from "./port.js";
import { readPages } from "./pages.js";

/** At most this many invocations or results a page (API reference 2.1). */
export const pageSize = 50;

/** Which invocations to list: those with all of the tags, or one. */
export type InvocationFilter =
  | {
      readonly tag: readonly TagFilter[];
      readonly timed?: boolean;
      /** Whether the pages behind this one need not be read. @default never */
      readonly enough?: (page: readonly InvocationFound[]) => boolean;
    }
  | { readonly invokeId: string; readonly enough?: never };

/** Invocations, without output. The instance list inside each is whole: it is not paged. */
export async function listInvocations(
  api: CloudApi,
  { enough, ...filter }: InvocationFilter,
  options: CallOptions = {},
): Promise<readonly InvocationFound[]> {
  return readPages(
    (nextToken) =>
      api.call(
        "DescribeInvocations",
        {
          ...filter,
          maxResults: pageSize,
          ...(nextToken === undefined ? {} : { nextToken }),
        },
        options,
      ),
    {
      items: (answer) => answer.invocations?.invocation ?? [],
      nextToken: (answer) => answer.nextToken,
      ...(enough === undefined ? {} : { enough }),
    },
  );
}

/** The latest result of each instance of an invocation, with its output. */
export async function readResults(
  api: CloudApi,
  invokeId: string,
  options: CallOptions & { readonly instanceId?: string } = {},
): Promise<readonly InvocationResultFound[]> {
  const { instanceId, ...call } = options;
  return readPages(
    (nextToken) =>
      api.call(
        "DescribeInvocationResults",
        {
          invokeId,
          contentEncoding: "Base64",
          maxResults: pageSize,
          ...(instanceId === undefined ? {} : { instanceId }),
          ...(nextToken === undefined ? {} : { nextToken }),
        },
        call,
      ),
    {
      items: (answer) => answer.invocation?.invocationResults?.invocationResult ?? [],
      nextToken: (answer) => answer.invocation?.nextToken,
    },
  );
}

/**
 * The runs of a schedule that began at a moment or later, those under way included. The service
 * lists the newest first, though it does not promise to: only pages that are in that order, and
 * wholly older, end the reading.
 */
export async function readHistory(
  api: CloudApi,
  invokeId: string,
  sinceMs: number,
  options: CallOptions = {},
): Promise<readonly InvocationResultFound[]> {
  const startOf = (one: InvocationResultFound | undefined): number =>
    Date.parse(one?.startTime ?? "") || 0;
  const runs = await readPages(
    (nextToken) =>
      api.call(
        "DescribeInvocationResults",
        {
          invokeId,
          includeHistory: true,
          contentEncoding: "Base64",
          maxResults: pageSize,
          ...(nextToken === undefined ? {} : { nextToken }),
        },
        options,
      ),
    {
      items: (answer) => answer.invocation?.invocationResults?.invocationResult ?? [],
      nextToken: (answer) => answer.invocation?.nextToken,
      enough: (page) =>
        page.length > 1 &&
        startOf(page[0]) > startOf(page.at(-1)) &&
        page.every((one) => startOf(one) < sinceMs),
    },
  );
  return runs.filter((one) => startOf(one) >= sinceMs && startOf(one) > 0);
}

/** Marks invocations; 50 a call, 20 tags each. */
export async function tagInvocations(
  api: CloudApi,
  invokeIds: readonly string[],
  tag: readonly Tag[],
  options: CallOptions = {},
): Promise<void> {
  for (const piece of chunk(invokeIds, 50)) {
    await api.call("TagResources", { resourceType: "invocation", resourceId: piece, tag }, options);
  }
}

/** The value of one of our tags on an invocation. */
export function tagOf(
  invocation: InvocationFound,
  key: (typeof tagKeys)[keyof typeof tagKeys],
): string | undefined {
  return invocation.tags?.tag?.find((tag) => tag.tagKey === key)?.tagValue;
}
