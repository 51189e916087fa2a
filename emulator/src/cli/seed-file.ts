import { readFileSync } from "node:fs";
import { EmulatorError } from "../errors.js";
import { fleetProblems, type EmulatorOptions } from "../options.js";

/** What a fleet file may say; a bare list is its instances. */
export type SeedFile = Pick<
  EmulatorOptions,
  "instances" | "accounts" | "regionId" | "limits" | "faults" | "sim" | "publicCommands"
>;

/**
 * Reads a fleet from a JSON file.
 *
 * @throws EmulatorError InvalidOption, naming the file and what is wrong with it.
 */
export function readSeedFile(file: string): SeedFile {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw refused(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
  return parseSeedFile(file, text);
}

/** The same of a text; `file` is for messages. */
export function parseSeedFile(file: string, text: string): SeedFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refused(file, `it is not JSON: ${cause instanceof Error ? cause.message : ""}`, cause);
  }
  if (typeof value !== "object" || value === null) {
    throw refused(file, "expected an object, or a list of instances");
  }
  const fleet: SeedFile = Array.isArray(value) ? { instances: value } : value;
  const kinds = Object.entries(fleet).flatMap(([key, inner]) => problemsOf(key, inner));
  const problems = kinds.length > 0 ? kinds : fleetProblems(fleet);
  if (problems.length > 0) throw refused(file, problems.join("; "));
  return fleet;
}

const KINDS: Readonly<Record<keyof SeedFile, "list" | "object" | "text">> = {
  instances: "list",
  accounts: "list",
  regionId: "text",
  limits: "object",
  faults: "list",
  sim: "object",
  publicCommands: "list",
};

function problemsOf(key: string, value: unknown): string[] {
  if (!(key in KINDS)) return [`${key} is not known (known: ${Object.keys(KINDS).join(", ")})`];
  const kind = KINDS[key as keyof SeedFile];
  const fits =
    kind === "list"
      ? Array.isArray(value)
      : kind === "text"
        ? typeof value === "string"
        : typeof value === "object" && value !== null && !Array.isArray(value);
  return fits ? [] : [`${key} must be ${kind === "object" ? "an object" : `a ${kind}`}`];
}

function refused(file: string, why: string, cause?: unknown): EmulatorError {
  return new EmulatorError("InvalidOption", `The seed file ${file} cannot be taken: ${why}.`, {
    cause,
  });
}
