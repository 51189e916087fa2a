import { CloudAssistantError } from "../errors.js";
import { secretSignature, signatureKey } from "../secret-mark.js";
import { saidByPulumi, type Pulumi } from "./pulumi.js";

/** A resource as a stack's state has it. */
export type StackResource = {
  readonly urn: string;
  readonly type: string;
  /** Empty for one that is just being created. */
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Being created right now, or when an operation was cut off: there are no outputs yet. */
  readonly creating: boolean;
};

export type StackState = {
  /** As the state itself has it, for messages; empty where nothing tells. */
  readonly stack: string;
  readonly project: string;
  readonly resources: readonly StackResource[];
};

/** Stands for a secret whose value is not known. */
export const hiddenSecret: unique symbol = Symbol("hidden secret");

export type ExportOptions = {
  readonly cwd: string;
  /** Undefined: the one that is selected. */
  readonly stack: string | undefined;
  readonly showSecrets: boolean;
};

/**
 * Reads a stack's state. It takes no lock, so that it can be read while an `up` is under way.
 * @throws CloudAssistantError `StackUnreadable`
 */
export async function exportStack(pulumi: Pulumi, options: ExportOptions): Promise<StackState> {
  const args = [
    "stack",
    "export",
    ...(options.stack === undefined ? [] : ["--stack", options.stack]),
    ...(options.showSecrets ? ["--show-secrets"] : []),
  ];
  const end = await pulumi(args, options.cwd);
  if (end.kind === "missing" || end.code !== 0) throw unreadable(options, saidByPulumi(end));
  try {
    return stateOf(JSON.parse(end.stdout) as Exported);
  } catch {
    throw unreadable(options, "its answer is not a stack's state");
  }
}

type Exported = {
  readonly deployment?: {
    readonly resources?: readonly ExportedResource[];
    readonly pending_operations?: readonly {
      readonly type?: string;
      readonly resource?: ExportedResource;
    }[];
  };
};

type ExportedResource = {
  readonly urn?: string;
  readonly type?: string;
  readonly id?: string;
  readonly delete?: boolean;
  readonly inputs?: unknown;
  readonly outputs?: unknown;
};

function stateOf(exported: Exported): StackState {
  const { resources = [], pending_operations: pending = [] } = exported.deployment ?? {};
  const there = resources.filter((one) => one.delete !== true).map((one) => resourceOf(one, false));
  const known = new Set(there.map((one) => one.urn));
  const creating = pending
    .flatMap((one) => (one.type === "creating" && one.resource !== undefined ? [one.resource] : []))
    .map((one) => resourceOf(one, true))
    .filter((one) => !known.has(one.urn));
  const [, stack = "", project = ""] =
    /^urn:pulumi:([^:]+)::([^:]+)::/.exec(there[0]?.urn ?? "") ?? [];
  return { stack, project, resources: [...there, ...creating] };
}

function resourceOf(one: ExportedResource, creating: boolean): StackResource {
  return {
    urn: one.urn ?? "",
    type: one.type ?? "",
    id: one.id ?? "",
    inputs: decode(one.inputs ?? {}) as Record<string, unknown>,
    outputs: decode(one.outputs ?? {}) as Record<string, unknown>,
    creating,
  };
}

/** Takes secrets out of their wrapping; one whose value was not exported becomes a symbol. */
function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== "object" || value === null) return value;
  const entries = value as Readonly<Record<string, unknown>>;
  if (entries[signatureKey] === secretSignature) {
    return typeof entries.plaintext === "string"
      ? decode(JSON.parse(entries.plaintext))
      : hiddenSecret;
  }
  return Object.fromEntries(Object.entries(entries).map(([key, item]) => [key, decode(item)]));
}

/** Whether a value, or anything in it, is a secret whose value is not known. */
export function hidesSecret(value: unknown): boolean {
  if (value === hiddenSecret) return true;
  if (Array.isArray(value)) return value.some(hidesSecret);
  return typeof value === "object" && value !== null && Object.values(value).some(hidesSecret);
}

function unreadable(options: ExportOptions, said: string): CloudAssistantError {
  const which = options.stack === undefined ? "the selected stack" : `the stack ${options.stack}`;
  return new CloudAssistantError(
    "StackUnreadable",
    `The state of ${which} cannot be read from Pulumi: ${said}. Given: pulumi stack export in ` +
      `${options.cwd}. Allowed: a project's folder with a stack that Pulumi can export. Name the ` +
      `folder with --cwd and the stack with --stack, or the pulumi program with PULUMI_COMMAND.`,
  );
}
