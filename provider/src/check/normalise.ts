import type { CommandType } from "../inputs.js";
import { hiddenInputs } from "./hidden.js";
import { isMap } from "./kinds.js";
import { isDefaultUser } from "./rules/user.js";

type Raw = Readonly<Record<string, unknown>>;

/**
 * The inputs without what is absent, at every depth but inside lists. Nothing is added; `triggers`
 * and what classes and checks made stay as they are.
 */
export function normalised(raw: Raw): Raw {
  const kept = [...hiddenInputs, "triggers"];
  return Object.fromEntries(
    Object.entries(raw)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => [name, kept.includes(name) ? value : withoutAbsent(value)]),
  );
}

/** The default user is no name, so that writing it and leaving it out are the same. */
export function withoutDefaultUser(raw: Raw, type: CommandType | undefined): Raw {
  const { username, ...rest } = raw;
  return typeof username === "string" && isDefaultUser(username, type) ? rest : raw;
}

function withoutAbsent(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAbsent);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, entry]) => entry !== undefined && entry !== null)
      .map(([key, entry]) => [key, withoutAbsent(entry)]),
  );
}
