import type { ResourceValidationPolicy } from "@pulumi/policy";
import { boundedFleet } from "./rules/bounded-fleet.js";
import { noSecretInScript } from "./rules/no-secret-in-script.js";
import { ordinaryUser } from "./rules/ordinary-user.js";

export { boundedFleet, noSecretInScript, ordinaryUser };
export { findSecrets, type SecretFinding } from "./secrets/find-secrets.js";

/** All policies of the pack, in the order in which they are listed. */
export const policies: readonly ResourceValidationPolicy[] = [
  ordinaryUser,
  noSecretInScript,
  boundedFleet,
];
