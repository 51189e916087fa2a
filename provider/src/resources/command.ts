import * as pulumi from "@pulumi/pulumi";
import type { CommandType } from "../inputs.js";
import { commandType, moduleName } from "../names.js";
import { commandByName } from "./by-name.js";
import { prepareOptions } from "./options.js";
import { secretPaths } from "./secret-paths.js";
import { withoutStackTraces } from "./stack-traces.js";
import { written } from "./written.js";

/** The arguments of a {@link Command}. */
export interface CommandArgs {
  /** Name of the saved command; at most 128 characters. */
  name: pulumi.Input<string>;
  /** The script as plain text; at most 24 KB after Base64. What is reviewed is what is sent. */
  content: pulumi.Input<string>;
  /** @default "RunShellScript" */
  type?: pulumi.Input<CommandType>;
  /** At most 512 characters. */
  description?: pulumi.Input<string>;
  /** Where it runs. @default the home directory of the user */
  workingDir?: pulumi.Input<string>;
  /** Seconds, at least 10. @default 60 */
  timeout?: pulumi.Input<number>;
  /** Whether `{{name}}` is filled in. @default true when the content has a placeholder of legal form */
  enableParameter?: pulumi.Input<boolean>;
  /** The program that starts the script. @default the shell of the type */
  launcher?: pulumi.Input<string>;
  resourceGroupId?: pulumi.Input<string>;
  /** Tags of the saved command. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * A command that is saved in Cloud Assistant, and run by {@link CommandInvocation}s.
 *
 * @example
 * ```ts
 * const greet = new Command("greet", { name: "greet", content: "echo hello {{who}}" });
 * ```
 */
export class Command extends pulumi.dynamic.Resource {
  /** Lets `validateResourceOfType` of policy packs recognise it. */
  static readonly __pulumiType = commandType;

  declare readonly name: pulumi.Output<string>;
  declare readonly type: pulumi.Output<CommandType | undefined>;
  declare readonly timeout: pulumi.Output<number | undefined>;
  /** SHA-256 of the content, in hexadecimal; known in every preview. */
  declare readonly contentHash: pulumi.Output<string>;
  declare readonly enableParameter: pulumi.Output<boolean>;
  /** Names of the custom parameters in the content. */
  declare readonly parameterNames: pulumi.Output<string[]>;
  declare readonly accountId: pulumi.Output<string>;
  declare readonly region: pulumi.Output<string>;

  constructor(name: string, args: CommandArgs, opts?: pulumi.CustomResourceOptions) {
    // Commands have no connection input: a parent's alicloud provider is not theirs to judge.
    const { deadline, urn } = prepareOptions(name, commandType, opts, true);
    const resume = withoutStackTraces();
    try {
      super(
        commandByName,
        name,
        {
          // Outputs must be keys of the properties, or they never exist on the class.
          contentHash: undefined,
          parameterNames: undefined,
          schemaVersion: undefined,
          accountId: undefined,
          region: undefined,
          type: undefined,
          timeout: undefined,
          enableParameter: undefined,
          ...written(args),
          resourceUrn: urn,
          organization: pulumi.getOrganization(),
          secretInputs: secretPaths({ ...args }),
          ...(deadline === undefined ? {} : { deadline }),
        },
        opts,
        moduleName,
        "Command",
      );
    } finally {
      resume();
    }
  }

  /** The id of the saved command, `c-…`. The same as `id`, so that it is known in update previews. */
  get commandId(): pulumi.Output<string> {
    return this.id;
  }
}
