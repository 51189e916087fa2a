import type { CallOptions, CloudApi } from "../../client/port.js";
import { listInvocations } from "../../client/invocations.js";
import { CloudAssistantError } from "../../errors.js";
import type { CommandInvocationInputs } from "../../inputs.js";
import { judgeQuota } from "../../plan/quota.js";
import { nameOf, type World } from "../world.js";

const attribute = "max-axt-invocation-daily";

/**
 * Whether the calls fit into what the region allows a day, before the first one. The limit is read
 * once a process; today's use is counted only where it can matter, and is an estimate.
 * @throws CloudAssistantError `QuotaExceeded`
 */
export async function checkQuota(
  api: CloudApi,
  inputs: CommandInvocationInputs,
  calls: number,
  world: World,
  options: CallOptions,
): Promise<void> {
  const needed = world.quota.reserve(api.region, calls);
  const limit = await world.quota.limit(api.region, () => readLimit(api, options));
  if (limit === undefined) return;
  const mayMatter = needed > limit / 10;
  const used =
    mayMatter && needed <= limit
      ? await world.quota.used(api.region, () => countToday(api, world.clock.now(), limit, options))
      : undefined;
  const verdict = judgeQuota({ needed, limit, used });
  const name = nameOf(inputs.resourceUrn);
  if (verdict.kind === "fits") return;
  if (verdict.kind === "exceeds" && inputs.quota?.onExceed !== "warn") {
    throw new CloudAssistantError("QuotaExceeded", verdict.text);
  }
  world.print(name, `warning: ${verdict.text}`);
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
  const value = Number(item?.attributeValues?.valueItem?.[0]?.value);
  return Number.isInteger(value) && value >= 0 ? value : undefined;
}

/** The day may begin in UTC or in UTC+8: nobody says which. Both are counted. */
async function countToday(
  api: CloudApi,
  now: number,
  limit: number,
  options: CallOptions,
): Promise<{ readonly least: number; readonly most: number }> {
  const starts = [dayStart(now, 0), dayStart(now, 8)];
  const records = await listInvocations(api, { tag: [] }, options);
  const counts = starts.map(
    (start) => records.filter((record) => Date.parse(record.creationTime ?? "") >= start).length,
  );
  return { least: Math.min(...counts, limit), most: Math.min(Math.max(...counts), limit) };
}

function dayStart(now: number, offsetHours: number): number {
  const offset = offsetHours * 3_600_000;
  return Math.floor((now + offset) / 86_400_000) * 86_400_000 - offset;
}
