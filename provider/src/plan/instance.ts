/** A machine as far as targets and readiness are concerned. */
export type Instance = {
  readonly instanceId: string;
  readonly name: string;
  readonly os: "linux" | "windows" | "freebsd" | "unknown";
  /** Power state, as the API spells it. Managed instances are Running while connected. */
  readonly power: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly resourceGroupId: string;
};

/** Whether a managed instance (`mi-…`), which lives outside of ECS. */
export function isManaged(instanceId: string): boolean {
  return instanceId.startsWith("mi-");
}
