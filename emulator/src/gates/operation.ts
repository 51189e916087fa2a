import { ACTIONS, isActionName } from "cloud-assistant-api";
import { missingParameter, notImplemented, type Refusal } from "./refusal.js";

export type Known = "implemented" | "not-implemented" | "unknown";

/** The product that a version of the API belongs to; all may be asked on one port. */
export function productOf(version: string): string {
  return PRODUCTS.get(version) ?? "Ecs";
}

/** Is there such a version, has it such an action, and does this emulator serve it? */
export function checkOperation(
  action: string,
  version: string,
  known: (action: string) => Known,
): Refusal | undefined {
  if (action === "") return missingParameter("Action");
  if (version === "") return missingParameter("Version");
  const product = PRODUCTS.get(version);
  if (product === undefined) {
    return {
      status: 400,
      // What clients quote; the documentation's general page calls it NoSuchVersion.
      code: "InvalidVersion",
      message:
        `Specified parameter Version is not valid. cloud-assistant-emulator serves ` +
        `${[...PRODUCTS].map(([v, p]) => `${p} ${v}`).join(" and ")}.`,
    };
  }
  const elsewhere = isActionName(action) && ACTIONS[action].version !== version;
  const verdict = elsewhere ? "unknown" : known(action);
  switch (verdict) {
    case "implemented":
      return undefined;
    case "not-implemented":
      return notImplemented(`the action ${action}`);
    case "unknown":
      return {
        status: 404,
        code: "InvalidAction.NotFound",
        message:
          `Specified api is not found, please check your url and method. ` +
          `cloud-assistant-emulator knows no action ${action} in ${product} ${version}.`,
      };
  }
}

const PRODUCTS: ReadonlyMap<string, string> = new Map(
  Object.values(ACTIONS).map(({ version, product }) => [version, product]),
);
