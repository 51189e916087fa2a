/** Type tokens and tag keys, in one place. Public as `pulumi-cloud-assistant/names`. */

/** The module part of the type tokens: `pulumi-nodejs:dynamic/cloud-assistant:…`. */
export const moduleName = "cloud-assistant";

/** Type token of {@link CommandInvocation}, as it stands in URNs and in policies. */
export const commandInvocationType = "pulumi-nodejs:dynamic/cloud-assistant:CommandInvocation";

/** Type token of {@link Command}. */
export const commandType = "pulumi-nodejs:dynamic/cloud-assistant:Command";

/** The configuration namespace of this package (`pulumi config set cloud-assistant:…`). */
export const configNamespace = "cloud-assistant";

/** Prefix of every tag that this package puts on an invocation. */
export const tagPrefix = "pulumi-cloud-assistant:";

/** Tag keys on invocations. Five of the twenty that the API allows; fifteen stay for the user. */
export const tagKeys = {
  owner: "pulumi-cloud-assistant:owner",
  run: "pulumi-cloud-assistant:run",
  hash: "pulumi-cloud-assistant:hash",
  hold: "pulumi-cloud-assistant:hold",
  superseded: "pulumi-cloud-assistant:superseded",
} as const;

/** What the API allows on one invocation. Source: TagResources, Tag.N at most 20. */
export const tagLimit = 20;

/** Bumped when the shape of the saved outputs changes; older shapes must stay readable. */
export const schemaVersion = 1;
