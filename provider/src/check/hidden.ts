/** Inputs that the classes and the checks make; people never write them and are never shown them. */
export const hiddenInputs: readonly string[] = [
  "resourceUrn",
  "organization",
  "secretInputs",
  "deadline",
  "plan",
  "armed",
  "contentHash",
  "parameterNames",
  "__provider",
];

/** The inputs that people write, of all that came. */
export function writtenInputs(
  raw: Readonly<Record<string, unknown>>,
): readonly (readonly [string, unknown])[] {
  return Object.entries(raw).filter(([name]) => !hiddenInputs.includes(name));
}
