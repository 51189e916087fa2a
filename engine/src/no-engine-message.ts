import type { EngineWay } from "./engine.js";
import { GO_VERSION, PULUMI_VERSION } from "./pinned.js";

/** A way that gave no engine. */
export type WayFailure = { readonly way: EngineWay; readonly reason: string };

/** Three lines: why there is no engine, how to install Pulumi, and what else would do. */
export function noEngineMessage(failures: readonly WayFailure[], oldest: string): string {
  const reasons = failures.map(({ way, reason }) => `${way}: ${oneLine(reason)}`).join("; ");
  return [
    `There is no Pulumi engine (${reasons}).`,
    `Install Pulumi ${oldest} or newer: curl -fsSL https://get.pulumi.com | sh (other ways: https://www.pulumi.com/docs/install), then run this again.`,
    `Or install Go ${GO_VERSION} or newer (https://go.dev/dl): Pulumi ${PULUMI_VERSION} is then built once, in about 4 minutes.`,
  ].join("\n");
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
