import * as pulumi from "@pulumi/pulumi";
import { childPath, indexPath } from "../paths.js";

/**
 * The property paths that a program marked as secret. Inputs arrive plain at a dynamic provider, so
 * the class, which still sees the marks, writes their paths down.
 */
export function secretPaths(args: Readonly<Record<string, unknown>>): pulumi.Input<string[]> {
  const found: Promise<string | undefined>[] = [];
  const walk = (value: unknown, path: string): void => {
    if (pulumi.Output.isInstance(value)) {
      found.push(pulumi.isSecret(value).then((secret) => (secret ? path : undefined)));
    } else if (Array.isArray(value)) {
      value.forEach((item, index) => {
        walk(item, indexPath(path, index));
      });
    } else if (typeof value === "object" && value !== null && !(value instanceof Promise)) {
      for (const [key, item] of Object.entries(value)) {
        walk(item, path === "" ? key : childPath(path, key));
      }
    }
  };
  walk(args, "");
  // Most programs have nothing that could be secret, and every output is waited for.
  if (found.length === 0) return [];
  return pulumi.output(
    Promise.all(found).then((paths) => paths.filter((path) => path !== undefined)),
  );
}
