/**
 * Fills in custom parameters. Values are put in as they are and never looked at again: `$&` or
 * `{{other}}` inside a value arrives as written. Names are compared without regard to case; blanks and
 * line breaks inside the braces are ignored; a parameter without a value is empty. Other braces,
 * `{{ACS::…}}` and `{{oos:…}}` among them, are left to the machine.
 */
export function substitute(content: Buffer, values: Readonly<Record<string, string>>): Buffer {
  const byName = new Map<string, string>();
  for (const [name, value] of Object.entries(values)) {
    byName.set(name.toLowerCase(), Buffer.from(value, "utf8").toString("latin1"));
  }
  // One character a byte, so that content that is not UTF-8 passes unharmed.
  const text = content.toString("latin1");
  const filled = text.replace(
    CUSTOM,
    (_whole: string, name: string) => byName.get(name.toLowerCase()) ?? "",
  );
  return Buffer.from(filled, "latin1");
}

/** Names in the content, each once, in order. */
export function parameterNames(content: Buffer): string[] {
  const names = new Map<string, string>();
  for (const [, name = ""] of content.toString("latin1").matchAll(CUSTOM)) {
    if (!names.has(name.toLowerCase())) names.set(name.toLowerCase(), name);
  }
  return [...names.values()];
}

export type PlaceholderProblem = "empty" | "illegal" | "too-long";

/** The first thing wrong with the placeholders of a command whose parameters are on. */
export function placeholderProblem(content: Buffer): PlaceholderProblem | undefined {
  for (const [, inner = ""] of content.toString("latin1").matchAll(ANY)) {
    const name = inner.trim();
    if (name === "") return "empty";
    if (BUILT_IN.test(name) || STORE.test(name)) continue;
    if (!/^[A-Za-z0-9_-]+$/.test(name)) return "illegal";
    if (name.length > 64) return "too-long";
  }
  return undefined;
}

/** Built-in names in the content: `InstanceId`, … */
export function builtInNames(content: Buffer): string[] {
  return [...content.toString("latin1").matchAll(BUILT_INS)].map(([, name = ""]) => name);
}

const CUSTOM = /\{\{\s*([A-Za-z0-9_-]{1,64})\s*\}\}/g;
const ANY = /\{\{([^{}]*)\}\}/g;
const BUILT_IN = /^ACS\s*::\s*[\w.-]+$/;
const BUILT_INS = /\{\{\s*ACS\s*::\s*([\w.-]+)\s*\}\}/g;
const STORE = /^(oos-secret|oos)\s*:\s*[\w.-]+$/;
