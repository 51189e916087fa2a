import type { describeAccountAttributes as rules } from "../validations/describeAccountAttributes.js";
import { DEFAULT_LIMITS } from "cloud-assistant-api";
import type { Call, Handler } from "./parts/call.js";

/** Without names, all that are known here. Values are text; what is used of a quota nobody tells. */
export const describeAccountAttributes: Handler<typeof rules> = (call, args) => {
  const known = attributes(call);
  const names = args.AttributeName.length > 0 ? args.AttributeName : [...known.keys()];
  const AccountAttributeItem = names.flatMap((name) => {
    const value = known.get(name);
    if (value === undefined) return [];
    return [{ AttributeName: name, AttributeValues: { ValueItem: [{ Value: String(value) }] } }];
  });
  return { body: { AccountAttributeItems: { AccountAttributeItem } } };
};

function attributes({ limits }: Call): ReadonlyMap<string, number> {
  return new Map([
    ["max-axt-command-count", limits.commandsPerRegion],
    ["max-axt-invocation-daily", limits.invocationsPerDay],
    ["max-cloud-assistant-activation-count", DEFAULT_LIMITS.activations.value],
  ]);
}
