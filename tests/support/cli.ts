/**
 * The command line in this process: the stack's state is what `up` has kept, as `pulumi stack
 * export` would print it. The real process with the real CLI is under tests/engine.
 */
import type { Emulator } from "cloud-assistant-emulator";
import type { CliDeps } from "../../provider/src/cli/deps.js";
import type { Pulumi, PulumiEnd } from "../../provider/src/cli/pulumi.js";
import { runCli } from "../../provider/src/cli/run-cli.js";
import { randomId } from "../../provider/src/client/random-id.js";
import type { WorldClock } from "../../provider/src/client/world.js";
import { secretSignature, signatureKey } from "../../provider/src/secret-mark.js";
import { urnOf, virtualClock, type Kept } from "./lifecycle.js";

export type CliEnd = {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly bytes: Buffer;
};

export type CliOptions = {
  readonly kept?: Readonly<Record<string, Kept | undefined>>;
  /** More of the state: whole entries of `deployment.resources`. */
  readonly resources?: readonly object[];
  /** Entries of `deployment.pending_operations`. */
  readonly pending?: readonly object[];
  readonly config?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly clock?: WorldClock;
  readonly terminal?: boolean;
  /** No passphrase: secrets cannot be decrypted. */
  readonly locked?: boolean;
  readonly pulumi?: Pulumi;
};

/** Runs one command line; its environment names the emulator and nothing else. */
export async function cli(
  emulator: Emulator,
  args: readonly string[],
  options: CliOptions = {},
): Promise<CliEnd> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const deps: CliDeps = {
    env: {
      CLOUD_ASSISTANT_ENDPOINT: emulator.url,
      CLOUD_ASSISTANT_REGION: emulator.regionId,
      CLOUD_ASSISTANT_ACCESS_KEY_ID: emulator.accessKeyId,
      CLOUD_ASSISTANT_ACCESS_KEY_SECRET: emulator.accessKeySecret,
      ...options.env,
    },
    cwd: "/project",
    clock: options.clock ?? virtualClock(emulator),
    randomId,
    stdout: { write: (data) => out.push(Buffer.from(data)), isTerminal: options.terminal === true },
    stderr: { write: (data) => err.push(Buffer.from(data)), isTerminal: false },
    pulumi: options.pulumi ?? pulumiOf(options),
    version: "0.0.0-test",
  };
  const code = await runCli(args, deps);
  const bytes = Buffer.concat(out);
  return { code, bytes, out: bytes.toString("utf8"), err: Buffer.concat(err).toString("utf8") };
}

function pulumiOf(options: CliOptions): Pulumi {
  const ended = (stdout: unknown): PulumiEnd => ({
    kind: "ended",
    code: 0,
    stdout: JSON.stringify(stdout),
    stderr: "",
  });
  return (args) => {
    const showSecrets = args.includes("--show-secrets");
    if (showSecrets && options.locked === true) {
      const stderr = "error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE\n";
      return Promise.resolve({ kind: "ended", code: 255, stdout: "", stderr });
    }
    if (args[0] === "config") {
      const entries = Object.entries(options.config ?? {}).map(([key, value]) => [key, { value }]);
      return Promise.resolve(ended(Object.fromEntries(entries)));
    }
    return Promise.resolve(ended(deploymentOf(options, showSecrets)));
  };
}

function deploymentOf(options: CliOptions, showSecrets: boolean): unknown {
  const resources = Object.entries(options.kept ?? {}).flatMap(([name, kept]) =>
    kept === undefined ? [] : [resourceOf(name, kept, showSecrets)],
  );
  const stack = { urn: "urn:pulumi:test::project::pulumi:pulumi:Stack::project-test" };
  return {
    version: 3,
    deployment: {
      resources: [
        { ...stack, type: "pulumi:pulumi:Stack" },
        ...resources,
        ...(options.resources ?? []),
      ],
      pending_operations: options.pending ?? [],
    },
  };
}

function resourceOf(name: string, kept: Kept, showSecrets: boolean): object {
  const urn = urnOf(name);
  const secretInputs = (kept.inputs.secretInputs ?? []) as readonly string[];
  const exported = (properties: Record<string, unknown>): unknown =>
    wrapped(properties, "", new Set(secretInputs), showSecrets);
  return {
    urn,
    custom: true,
    id: kept.id,
    type: urn.split("::")[2],
    inputs: exported(kept.inputs),
    outputs: exported(kept.outputs),
  };
}

/** What is secret on the wire, or at a secret path, as an exported state has it. */
function wrapped(value: unknown, path: string, secret: Set<string>, shown: boolean): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return secret.has(path) ? hidden(value, shown) : value;
  }
  const map = value as Record<string, unknown>;
  if (map[signatureKey] === secretSignature) return hidden(map.value, shown);
  const entries = Object.entries(map).map(([key, item]) => {
    const at = path === "" ? key : `${path}.${key}`;
    return [key, wrapped(item, at, secret, shown)];
  });
  return Object.fromEntries(entries);
}

function hidden(value: unknown, shown: boolean): object {
  return {
    [signatureKey]: secretSignature,
    ...(shown ? { plaintext: JSON.stringify(value) } : { ciphertext: "v1:AAAA" }),
  };
}
