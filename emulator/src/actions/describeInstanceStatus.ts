import type { describeInstanceStatus as rules } from "../validations/describeInstanceStatus.js";
import { isRefused } from "../validations/rules/refusal.js";
import type { Handler } from "./parts/call.js";
import { pageOf } from "./parts/paging.js";

/** Only pages by number: there is no NextToken here. Ids that do not exist are simply absent. */
export const describeInstanceStatus: Handler<typeof rules> = (call, args) => {
  const wanted = new Set(args.InstanceId);
  const found = [...call.realm.instances.values()]
    .filter(({ managed, id, zoneId }) => {
      if (managed || (args.ZoneId && zoneId !== args.ZoneId)) return false;
      return wanted.size === 0 || wanted.has(id);
    })
    .sort((one, other) => other.seq - one.seq);
  const numbered = { PageNumber: args.PageNumber ?? 1, PageSize: args.PageSize ?? 10 };
  const page = pageOf(found, ({ seq }) => [-seq], numbered);
  if (isRefused(page)) return page;
  const { TotalCount, PageNumber, PageSize } = page.paging;
  const InstanceStatus = page.items.map(({ id, power }) => ({ InstanceId: id, Status: power }));
  return { body: { TotalCount, PageNumber, PageSize, InstanceStatuses: { InstanceStatus } } };
};
