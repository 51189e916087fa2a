import type { ConfigReader } from "../client/configuration.js";
import { saidByPulumi, type Pulumi } from "./pulumi.js";

export type StackConfig = {
  readonly read: ConfigReader;
  /** Why there is none, or only a part of it; for people. */
  readonly problem: string | undefined;
};

type Shown = Readonly<Record<string, { readonly value?: string }>>;

/**
 * The stack's configuration, as far as Pulumi gives it. The environment alone is enough for the
 * command line, so that a failure here is no error: it is said when something else fails.
 */
export async function readStackConfig(
  pulumi: Pulumi,
  cwd: string,
  stack: string | undefined,
): Promise<StackConfig> {
  const args = ["config", "--json", ...(stack === undefined ? [] : ["--stack", stack])];
  const whole = await pulumi([...args, "--show-secrets"], cwd);
  if (whole.kind === "ended" && whole.code === 0) {
    return { read: readerOf(whole.stdout), problem: undefined };
  }
  const plain = whole.kind === "missing" ? whole : await pulumi(args, cwd);
  if (plain.kind === "ended" && plain.code === 0) {
    return {
      read: readerOf(plain.stdout),
      problem: `its secret values could not be read: ${saidByPulumi(whole)}`,
    };
  }
  return { read: () => undefined, problem: `it could not be read: ${saidByPulumi(plain)}` };
}

function readerOf(text: string): ConfigReader {
  let shown: Shown = {};
  try {
    shown = JSON.parse(text) as Shown;
  } catch {
    // Not JSON: nothing is configured, as far as can be told.
  }
  return (key) => shown[key]?.value;
}
