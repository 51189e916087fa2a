import { createRequire } from "node:module";
import path from "node:path";

/** A command of the Pulumi SDK that this host starts in a process of its own. */
export type SdkCommand = "run" | "run-plugin" | "run-policy-pack";

/**
 * The file of one of the SDK's commands, as the program in `folder` would resolve it, so that the program gets the SDK
 * it was written against. `undefined` if the SDK is not installed there.
 */
export function findSdkCommand(folder: string, command: SdkCommand): string | undefined {
  try {
    return createRequire(path.join(folder, "index.js")).resolve(`@pulumi/pulumi/cmd/${command}`);
  } catch {
    return undefined;
  }
}
