import { TAG_RULES, tagProblem, type TagProblem } from "cloud-assistant-api";
import type { Limits } from "../../limits.js";
import type {
  Args,
  Bound,
  Field,
  FieldRule,
  TagFilterInput,
  TagInput,
  Validation,
} from "./fields.js";
import { invalid, isRefused, missing, refuse, type Refused } from "./refusal.js";

type Params = Readonly<Record<string, string>>;

/** Reads all parameters, or refuses for the first that is wrong. */
export function readArgs<F extends Readonly<Record<string, Field>>>(
  validation: Validation<F>,
  params: Params,
  limits: Limits,
): Args<Validation<F>> | Refused {
  const args: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(validation.fields)) {
    const value = readField(name, field, params, limits);
    if (isRefused(value)) return value;
    args[name] = value;
  }
  return args as Args<Validation<F>>;
}

function readField(name: string, field: FieldRule, params: Params, limits: Limits): unknown {
  switch (field.kind) {
    case "text":
      return readText(name, field, params[name]);
    case "integer":
      return readInteger(name, field, params[name], limits);
    case "boolean":
      return readBoolean(name, params[name]);
    case "list":
      return readList(name, field, params, limits);
    case "tags":
      return readTags(name, field, params);
    case "tagFilters":
      return readTagFilters(name, field, params);
  }
}

type Rule<K extends FieldRule["kind"]> = Extract<FieldRule, { kind: K }>;

function readText(
  name: string,
  rule: Rule<"text">,
  given: string | undefined,
): string | undefined | Refused {
  if (rule.required !== undefined && (given === undefined || given === "")) {
    return rule.required === true ? missing(name) : refuse(rule.required);
  }
  if (given === undefined || given === "") return given;
  if (rule.max !== undefined) {
    const { length, unit, code } = rule.max;
    if ((unit === "bytes" ? Buffer.byteLength(given) : given.length) > length) return refuse(code);
  }
  if (rule.values?.among.includes(given) === false) return refuse(rule.values.code);
  if (rule.pattern?.like.test(given) === false) return refuse(rule.pattern.code);
  return given;
}

function readInteger(
  name: string,
  rule: Rule<"integer">,
  given: string | undefined,
  limits: Limits,
): number | undefined | Refused {
  if (given === undefined || given === "") return undefined;
  const wrong = (): Refused => (rule.code === undefined ? invalid(name) : refuse(rule.code));
  if (!/^-?\d{1,10}$/.test(given)) return wrong();
  const value = Number(given);
  const min = rule.min ?? -Infinity;
  const max = rule.max === undefined ? Infinity : bound(rule.max, limits);
  if (rule.clamp === true) return Math.min(Math.max(value, min), max);
  return value < min || value > max ? wrong() : value;
}

function readBoolean(name: string, given: string | undefined): boolean | undefined | Refused {
  switch (given?.toLowerCase()) {
    case undefined:
    case "":
      return undefined;
    case "true":
      return true;
    case "false":
      return false;
    default:
      return invalid(name);
  }
}

function readList(
  name: string,
  rule: Rule<"list">,
  params: Params,
  limits: Limits,
): readonly string[] | Refused {
  const values = [...new Set(numbered(name, params).map(([, value]) => value))];
  if (rule.required !== undefined && values.length === 0) return refuse(rule.required);
  if (rule.max !== undefined && values.length > bound(rule.max.count, limits)) {
    return refuse(rule.max.code);
  }
  return values;
}

/** `Tag.1.Key` and `Tag.1.Value`; a key alone is a tag with any value, or with an empty one. */
function readTags(name: string, rule: Rule<"tags">, params: Params): readonly TagInput[] | Refused {
  const byNumber = new Map<number, { key?: string; value?: string }>();
  const part = new RegExp(`^${name}\\.(\\d+)\\.(Key|Value)$`);
  for (const [parameter, value] of Object.entries(params)) {
    const found = part.exec(parameter);
    if (found === null) continue;
    const number = Number(found[1]);
    const tag = byNumber.get(number) ?? {};
    if (found[2] === "Key") tag.key = value;
    else tag.value = value;
    byNumber.set(number, tag);
  }
  const found = [...byNumber].sort(([one], [other]) => one - other).map(([, tag]) => tag);
  if (found.length > rule.max) return refuse(rule.codes.count);
  const tags: TagInput[] = [];
  for (const { key, value } of found) {
    if (key === undefined) return refuse(rule.codes.keyMissing);
    const keyLength = rule.keyLength ?? TAG_RULES.keyCharacters.value;
    const judge = rule.asks === true ? askedTagProblem : tagProblem;
    const problem = judge(key, value ?? "", keyLength);
    switch (problem) {
      case "key-empty":
        return refuse(rule.codes.keyMissing);
      case "key-malformed":
        return refuse(rule.codes.key);
      case "value-malformed":
        return refuse(rule.codes.value);
      case undefined:
    }
    if (tags.some((tag) => tag.key === key)) return refuse(rule.codes.duplicate);
    tags.push({ key, value });
  }
  return tags;
}

function readTagFilters(
  name: string,
  rule: Rule<"tagFilters">,
  params: Params,
): readonly TagFilterInput[] | Refused {
  const part = new RegExp(`^${name}\\.(\\d+)\\.(TagKey|TagValues\\.\\d+)$`);
  const found = Object.keys(params).flatMap((parameter) => part.exec(parameter)?.[1] ?? []);
  const numbers = [...new Set(found.map(Number))].sort((one, other) => one - other);
  if (numbers.length > rule.max) return refuse(rule.codes.count);
  const filters: TagFilterInput[] = [];
  for (const number of numbers) {
    const key = params[`${name}.${number}.TagKey`] ?? "";
    const values = numbered(`${name}.${number}.TagValues`, params)
      .map(([, value]) => value)
      .filter((value) => value !== "");
    if (key === "") return refuse(rule.codes.keyMissing);
    if (key.length > rule.keyLength) return refuse(rule.codes.key);
    if (values.length > rule.maxValues) return refuse(rule.codes.count);
    const isLong = (value: string): boolean => value.length > TAG_RULES.valueCharacters.value;
    if (values.some(isLong)) return refuse(rule.codes.value);
    // Of several ways to search for one key the first counts.
    if (!filters.some((filter) => filter.key === key)) filters.push({ key, values });
  }
  return filters;
}

/** Who asks for tags may name any that can be there. */
function askedTagProblem(key: string, value: string, keyLength: number): TagProblem | undefined {
  if (key === "") return "key-empty";
  if (key.length > keyLength) return "key-malformed";
  return value.length > TAG_RULES.valueCharacters.value ? "value-malformed" : undefined;
}

function numbered(name: string, params: Params): [number, string][] {
  const found: [number, string][] = [];
  const start = `${name}.`;
  for (const parameter in params) {
    if (!parameter.startsWith(start)) continue;
    const rest = parameter.slice(start.length);
    const value = params[parameter];
    if (/^\d+$/.test(rest) && value !== undefined) found.push([Number(rest), value]);
  }
  return found.sort(([one], [other]) => one - other);
}

function bound(value: Bound, limits: Limits): number {
  return typeof value === "number" ? value : limits[value];
}
