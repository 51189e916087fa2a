/** A custom parameter in a command's content: `{{name}}`, blanks and line breaks inside ignored. [sdk] */
export const PARAMETER_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Values that the machine fills in, and the agent release that can: only in capitals, only when
 * parameters are enabled. [sdk, agent]
 */
export const BUILT_IN_PARAMETERS = {
  RegionId: {},
  AccountId: {},
  InstanceId: { severalInstancesSince: "2.2.3.309" },
  InstanceName: { since: "2.2.3.344" },
  InvokeId: { since: "2.2.3.309" },
  CommandId: { since: "2.2.3.309" },
} as const satisfies Readonly<
  Record<string, { readonly since?: string; readonly severalInstancesSince?: string }>
>;

export type BuiltInParameter = keyof typeof BUILT_IN_PARAMETERS;

/** Agent releases that a feature needs; below it the instance answers ClientNeedUpgrade. [sdk] */
export const AGENT_VERSIONS = {
  scheduleExtras: { linux: "2.2.3.282", windows: "2.1.3.282" },
  builtIns: { linux: "2.2.3.309", windows: "2.1.3.309" },
  instanceName: { linux: "2.2.3.344", windows: "2.1.3.344" },
  containers: { linux: "2.2.3.344", windows: "2.1.3.344" },
  modifyInvocation: { linux: "2.2.3.541", windows: "2.1.3.541" },
} as const;

export type AgentFeature = keyof typeof AGENT_VERSIONS;
