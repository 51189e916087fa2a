import type { CommandType } from "../inputs.js";
import type { NotYet } from "./not-yet.js";

/** What a saved command is known to hold. */
export type KnownCommand = {
  readonly content?: string;
  readonly type?: CommandType;
  readonly enableParameter?: boolean;
  /** Names of its custom parameters, in any case. */
  readonly parameterNames?: readonly string[];
  /** Those of them that have a value without being given one (public commands). */
  readonly parametersWithDefault?: readonly string[];
  /** Seconds. */
  readonly timeout?: number;
};

/** What a check knows besides the inputs. */
export type CheckContext = {
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** For `commandId`, when the command could be read; absent: not judged. */
  readonly commandContent?: KnownCommand;
  /**
   * Whether this very schedule is in the state already. It is not judged again then: a moment that
   * has passed is done, not wrong. @default false
   */
  readonly scheduleStands?: boolean;
  /** Paths that are never shown, added to the inputs' own `secretInputs`. */
  readonly secretPaths?: readonly string[];
  /** Inputs that this version refuses by name. @default the list of this version */
  readonly notYet?: readonly NotYet[];
};

/** What the check of a `Command` knows besides the inputs. */
export type CommandCheckContext = {
  /** SHA-256 of a text's UTF-8 bytes, in hexadecimal. */
  readonly sha256: (text: string) => string;
  readonly secretPaths?: readonly string[];
};

/** The secret paths that the inputs themselves name, and those of the context. */
export function secretPathsOf(
  raw: Readonly<Record<string, unknown>>,
  context: { readonly secretPaths?: readonly string[] },
): readonly string[] {
  const own: readonly unknown[] = Array.isArray(raw.secretInputs) ? raw.secretInputs : [];
  return [
    ...own.filter((path): path is string => typeof path === "string"),
    ...(context.secretPaths ?? []),
  ];
}
