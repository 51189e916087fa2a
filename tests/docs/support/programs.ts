import { compileFunction } from "node:vm";
import ts from "typescript";
import { codeBlocks } from "../../support/code-blocks.js";

/** A resource as a page's program writes it. */
export type Written = { readonly type: string; readonly inputs: Readonly<Record<string, unknown>> };

type Args = Readonly<Record<string, unknown>>;

/**
 * Runs the programs of a page and gives their resources by name, with inputs as they reach the
 * provider: nothing here knows Pulumi, so an input is what the program wrote.
 *
 * @param config what the page's programs read from their configuration
 */
export function programsOf(
  page: string,
  config: Readonly<Record<string, string>> = {},
): ReadonlyMap<string, Written> {
  const made = new Map<string, Written>();
  const secrets = new Set<string>();
  class Config {
    require(key: string): string {
      const value = config[key];
      if (value === undefined) throw new Error(`${page}: no value for ${key}`);
      return value;
    }
    requireSecret(key: string): string {
      const value = this.require(key);
      secrets.add(value);
      return value;
    }
  }
  const kind = (type: string) =>
    class {
      readonly results = { apply: () => undefined };
      readonly summary = { apply: () => undefined };
      constructor(name: string, args: Args) {
        const secretInputs = secretPaths(args, secrets);
        made.set(name, {
          type,
          inputs: { name, ...args, ...(secretInputs.length > 0 ? { secretInputs } : {}) },
        });
      }
    };
  const modules: Readonly<Record<string, unknown>> = {
    "@pulumi/pulumi": { Config },
    "pulumi-cloud-assistant": {
      Command: kind("Command"),
      CommandInvocation: kind("CommandInvocation"),
      getRuns: () => ({ apply: () => undefined }),
    },
  };
  // What only computes is proven elsewhere.
  const schedule = { nextRuns: () => undefined };
  for (const { code } of codeBlocks(page, "ts")) {
    const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
    const { outputText } = ts.transpileModule(code, { compilerOptions });
    const load = (name: string): unknown => {
      if (name === "pulumi-cloud-assistant/schedule") return schedule;
      if (modules[name] === undefined) throw new Error(`${page}: a program imports ${name}`);
      return modules[name];
    };
    compileFunction(outputText, ["require", "exports"])(load, {});
  }
  return made;
}

function secretPaths(value: unknown, secrets: ReadonlySet<string>, at = ""): string[] {
  if (typeof value === "string") return secrets.has(value) ? [at] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    secretPaths(item, secrets, at === "" ? key : `${at}.${key}`),
  );
}
