import { BUILT_IN_PARAMETERS, PARAMETER_NAME } from "cloud-assistant-api";

/** What stands in double braces in a command's content. */
export type Placeholders = {
  /** Names of custom parameters, lower-cased (the service ignores case), sorted, each once. */
  readonly custom: readonly string[];
  /** Built-in values, `ACS::InstanceId`. Filled in by the agent, which may know fewer. */
  readonly builtIn: readonly string[];
  /** Entries of the parameter store, `oos:name` and `oos-secret:name`. Filled in by the agent. */
  readonly stored: readonly string[];
  /** Braces of any other form, as they stand in the content. */
  readonly illegal: readonly string[];
};

const braces = /\{\{([^{}]*)\}\}/g;
// Both forms as the agent of release 2.2.3.578 matches them: ACS in capitals only.
const builtInForm = /^ACS\s*::\s*([\w.-]+)$/;
const storedForm = /^(oos-secret|oos)\s*:\s*([\w.-]+)$/;

/** Reads the placeholders of a content. Blanks and line breaks around a name are ignored. */
export function parametersOf(content: string): Placeholders {
  const custom = new Set<string>();
  const builtIn = new Set<string>();
  const stored = new Set<string>();
  const illegal = new Set<string>();
  for (const [whole, inside = ""] of content.matchAll(braces)) {
    const name = inside.trim();
    const acs = builtInForm.exec(name);
    const oos = storedForm.exec(name);
    if (PARAMETER_NAME.test(name)) custom.add(name.toLowerCase());
    else if (acs) builtIn.add(`ACS::${acs[1] ?? ""}`);
    else if (oos) stored.add(`${oos[1] ?? ""}:${oos[2] ?? ""}`);
    else illegal.add(whole);
  }
  return {
    custom: [...custom].sort(),
    builtIn: [...builtIn],
    stored: [...stored],
    illegal: [...illegal],
  };
}

/** Built-in values that no release is known to fill in: such a command ends as Invalid. */
export function unknownBuiltIns(found: Placeholders): readonly string[] {
  return found.builtIn.filter(
    (name) => !Object.hasOwn(BUILT_IN_PARAMETERS, name.slice("ACS::".length)),
  );
}

/** Whether a content holds a placeholder that the service or the agent fills in. */
export function hasPlaceholder(found: Placeholders): boolean {
  return found.custom.length + found.builtIn.length + found.stored.length > 0;
}

/**
 * Whether parameters are on where the program does not say: when values are given, or when the
 * content has a placeholder of legal form.
 */
export function enableParameterByDefault(found: Placeholders, valuesGiven: boolean): boolean {
  return valuesGiven || hasPlaceholder(found);
}
