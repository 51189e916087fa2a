import type { Sourced } from "./source.js";

/** What a tag may be. [sdk] */
export const TAG_RULES = {
  perRequest: { value: 20, source: "sdk" },
  perResource: { value: 20, source: "sdk" },
  /** On commands, invocations and instances; TagResources takes keys of 128. */
  keyCharacters: { value: 64, source: "sdk" },
  keyCharactersOfTagResources: { value: 128, source: "sdk" },
  valueCharacters: { value: 128, source: "sdk" },
} as const satisfies Readonly<Record<string, Sourced<number>>>;

/** A key must not begin like this. [sdk] */
export const FORBIDDEN_TAG_PREFIXES = ["aliyun", "acs:"] as const;

/** Neither key nor value may hold these. [sdk] */
export const FORBIDDEN_IN_TAGS = ["http://", "https://"] as const;

/** What the tag operations know. [sdk] */
export const TAGGABLE_RESOURCES = ["command", "invocation", "instance", "managedinstance"] as const;
export type TaggableResource = (typeof TAGGABLE_RESOURCES)[number];

export type TagProblem = "key-empty" | "key-malformed" | "value-malformed";

/** Judges one tag by the rules above. An empty value is a good one. */
export function tagProblem(
  key: string,
  value: string,
  keyCharacters: number = TAG_RULES.keyCharacters.value,
): TagProblem | undefined {
  if (key === "") return "key-empty";
  if (key.length > keyCharacters || forbidden(key)) return "key-malformed";
  if (FORBIDDEN_TAG_PREFIXES.some((prefix) => key.startsWith(prefix))) return "key-malformed";
  if (value.length > TAG_RULES.valueCharacters.value || forbidden(value)) return "value-malformed";
  return undefined;
}

function forbidden(text: string): boolean {
  return FORBIDDEN_IN_TAGS.some((part) => text.includes(part));
}
