import { createRequire } from "node:module";
import type { PulumiCommand } from "@pulumi/pulumi/automation";

/** The Automation API, loaded when asked for: it takes longer to load than all else here. */
export function automation(): { readonly PulumiCommand: typeof PulumiCommand } {
  return createRequire(__filename)("@pulumi/pulumi/automation") as {
    readonly PulumiCommand: typeof PulumiCommand;
  };
}
