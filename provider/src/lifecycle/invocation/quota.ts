import { pageSize } from "../../client/invocations.js";
import { readPages } from "../../client/pages.js";
import type { CallOptions, CloudApi, InvocationFound } from "../../client/port.js";
import type { Used } from "../../client/quota-book.js";
import { CloudAssistantError } from "../../errors.js";
import type { CommandInvocationInputs } from "../../inputs.js";
import { judgeQuota } from "../../plan/quota.js";
import { nameOf, type World } from "../world.js";

const attribute = "max-axt-invocation-daily";

/** A check of the quota is a help, not a condition: nothing waits long for it. */
const patienceMs = 60_000;

/**
 * Whether the calls fit into what the region allows a day, before the first one. The limit is read
 * once a process; today's use is counted only where it can matter, and is an estimate. What cannot
 * be read is said, and stops nothing.
 * @throws CloudAssistantError `QuotaExceeded`
 */
export async function checkQuota(
  api: CloudApi,
  inputs: CommandInvocationInputs,
  calls: number,
  world: World,
  options: CallOptions,
): Promise<void> {
  const needed = world.quota.reserve(api, calls);
  const patient = { ...options, patienceMs };
  const say = (line: string): void => {
    if (!isNews(api, inputs, line, world)) return;
    world.print(nameOf(inputs.resourceUrn), line);
  };
  let facts: Facts | undefined;
  try {
    facts = await readFacts(api, needed, world, patient);
  } catch (reason) {
    const [why = ""] = CloudAssistantError.from(reason).message.split("\n", 1);
    say(`the quota: not known (${why})`);
  }
  if (facts === undefined) return;
  const verdict = judgeQuota({ needed, ...facts });
  if (verdict.kind === "fits") return;
  if (verdict.kind === "exceeds" && inputs.quota?.onExceed !== "warn") {
    world.quota.release(api, calls);
    throw new CloudAssistantError("QuotaExceeded", verdict.text);
  }
  say(`warning: ${verdict.text}`);
}

/**
 * What a preview says of the quota: nothing where the calls are few beside the limit. All resources
 * of a process count together.
 */
export async function quotaLines(
  api: CloudApi,
  inputs: CommandInvocationInputs,
  calls: number,
  world: World,
  options: CallOptions,
): Promise<readonly string[]> {
  const needed = world.quota.planned(api, inputs.resourceUrn, calls);
  const lines = await describeQuota(api, needed, world, options);
  return lines.filter((line) => isNews(api, inputs, line, world));
}

/** A check, and the create behind it, come to the same words but for the id of a request. */
function isNews(
  api: CloudApi,
  { resourceUrn }: CommandInvocationInputs,
  line: string,
  world: World,
): boolean {
  return world.quota.isNews(api, resourceUrn, line.replace(/RequestId \S+/g, ""));
}

async function describeQuota(
  api: CloudApi,
  needed: number,
  world: World,
  options: CallOptions,
): Promise<readonly string[]> {
  try {
    const facts = await readFacts(api, needed, world, options);
    if (facts === undefined) return [];
    const verdict = judgeQuota({ needed, ...facts });
    if (verdict.kind !== "fits") return [`warning: ${verdict.text}`];
    return facts.used === undefined ? [] : [describeUse(needed, facts.limit, facts.used)];
  } catch (reason) {
    const [why = ""] = CloudAssistantError.from(reason).message.split("\n", 1);
    return [`the quota: not known (${why})`];
  }
}

function describeUse(needed: number, limit: number, { least, most }: Used): string {
  const made = least === most ? `${most}` : `between ${least} and ${most}`;
  return (
    `the quota: ${limit} calls a day; others made ${made} today (an estimate), this program ` +
    `makes ${needed}`
  );
}

type Facts = { readonly limit: number; readonly used: Used | undefined };

async function readFacts(
  api: CloudApi,
  needed: number,
  world: World,
  options: CallOptions,
): Promise<Facts | undefined> {
  const limit = await world.quota.limit(api, () => readLimit(api, options));
  if (limit === undefined) return undefined;
  const mayMatter = needed > limit / 10 && needed <= limit;
  if (!mayMatter) return { limit, used: undefined };
  const count = (): Promise<Used> => countToday(api, world.clock.now(), limit, options);
  return { limit, used: await world.quota.used(api, count) };
}

async function readLimit(api: CloudApi, options: CallOptions): Promise<number | undefined> {
  const answer = await api.call(
    "DescribeAccountAttributes",
    { attributeName: [attribute] },
    options,
  );
  const item = answer.accountAttributeItems?.accountAttributeItem?.find(
    (found) => found.attributeName === attribute,
  );
  const text = item?.attributeValues?.valueItem?.[0]?.value;
  const value = Number(text);
  return text !== undefined && text !== "" && Number.isInteger(value) && value >= 0
    ? value
    : undefined;
}

/**
 * The day may begin in UTC or in UTC+8: nobody says which, so both are counted. Records come newest
 * first: the first page of the day before ends the reading.
 */
async function countToday(
  api: CloudApi,
  now: number,
  limit: number,
  options: CallOptions,
): Promise<Used> {
  const starts = [dayStart(now, 0), dayStart(now, 8)] as const;
  const earliest = Math.min(...starts);
  const made = (record: InvocationFound): number => Date.parse(record.creationTime ?? "");
  let counted = 0;
  const records = await readPages(
    (nextToken) =>
      api.call(
        "DescribeInvocations",
        { maxResults: pageSize, ...(nextToken === undefined ? {} : { nextToken }) },
        options,
      ),
    {
      items: (answer) => answer.invocations?.invocation ?? [],
      nextToken: (answer) => answer.nextToken,
      enough: (page) => {
        counted += page.length;
        const old = page.length > 0 && page.every((record) => made(record) < earliest);
        return old || counted > limit + pageSize;
      },
    },
  );
  const counts = starts.map((start) => records.filter((record) => made(record) >= start).length);
  return { least: Math.min(...counts), most: Math.max(...counts) };
}

function dayStart(now: number, offsetHours: number): number {
  const offset = offsetHours * 3_600_000;
  return Math.floor((now + offset) / 86_400_000) * 86_400_000 - offset;
}
