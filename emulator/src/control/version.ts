import { AGENT_VERSIONS, type AgentFeature } from "cloud-assistant-api";

/** Compares dotted numbers part by part. Below zero: the first is older. */
export function compareVersions(one: string, other: string): number {
  const left = one.split(".").map(Number);
  const right = other.split(".").map(Number);
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The release that a feature needs, or undefined when the agent has it. */
export function missingFeature(
  feature: AgentFeature,
  osType: "linux" | "windows",
  version: string,
): string | undefined {
  const needed = AGENT_VERSIONS[feature][osType];
  return compareVersions(version, needed) < 0 ? needed : undefined;
}
