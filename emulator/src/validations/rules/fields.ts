import type { ApiErrorCode } from "cloud-assistant-api";
import type { Limits } from "../../limits.js";

/** What one parameter may be, as data. `T` is what it becomes once it is read. */
export type Field<T = unknown> = FieldRule & { readonly __type?: T };

/** A dial of the emulator, or a number of the API. */
export type Bound = number | NumericLimit;
export type NumericLimit = {
  [K in keyof Limits]: Limits[K] extends number ? K : never;
}[keyof Limits];

export type FieldRule =
  | {
      readonly kind: "text";
      /** Refused when absent or empty: with this code, or MissingParameter. */
      readonly required?: true | ApiErrorCode;
      readonly max?: {
        readonly length: number;
        readonly unit: "characters" | "bytes";
        readonly code: ApiErrorCode;
      };
      readonly values?: { readonly among: readonly string[]; readonly code: ApiErrorCode };
      readonly pattern?: { readonly like: RegExp; readonly code: ApiErrorCode };
    }
  | {
      readonly kind: "integer";
      readonly min?: number;
      readonly max?: Bound;
      /** Of a value that is no number, or outside. */
      readonly code?: ApiErrorCode;
      /** Takes the nearest bound instead of refusing. */
      readonly clamp?: true;
    }
  | { readonly kind: "boolean" }
  | {
      /** `Name.1`, `Name.2`, … */
      readonly kind: "list";
      readonly required?: ApiErrorCode;
      readonly max?: { readonly count: Bound; readonly code: ApiErrorCode };
    }
  | {
      readonly kind: "tags";
      readonly max: number;
      readonly codes: TagCodes;
      readonly keyLength?: number;
      /** Asks for tags instead of giving them: the service's own, such as `acs:…`, are among them. */
      readonly asks?: true;
    }
  | {
      /** `TagFilter.1.TagKey`, `TagFilter.1.TagValues.1`, … */
      readonly kind: "tagFilters";
      readonly max: number;
      readonly maxValues: number;
      readonly keyLength: number;
      readonly codes: TagCodes;
    };

export type TagCodes = {
  readonly count: ApiErrorCode;
  readonly keyMissing: ApiErrorCode;
  readonly key: ApiErrorCode;
  readonly value: ApiErrorCode;
  readonly duplicate: ApiErrorCode;
};

/** A part of a text may be left open by `*`: of the values where there are some, else of the key. */
export type TagFilterInput = { readonly key: string; readonly values: readonly string[] };

export type TagInput = { readonly key: string; readonly value: string | undefined };

type Options<K extends FieldRule["kind"]> = Omit<Extract<FieldRule, { kind: K }>, "kind">;

/** Present: the text as sent, which may be empty. Absent: undefined, unless it is required. */
export function text(
  options: Options<"text"> & { readonly required: true | ApiErrorCode },
): Field<string>;
export function text(options?: Options<"text">): Field<string | undefined>;
export function text(options: Options<"text"> = {}): Field<string | undefined> {
  return { kind: "text", ...options };
}

export function integer(options: Options<"integer"> = {}): Field<number | undefined> {
  return { kind: "integer", ...options };
}

export function boolean(): Field<boolean | undefined> {
  return { kind: "boolean" };
}

/** Without repetitions, in the order of their numbers; empty when none is given. */
export function list(options: Options<"list"> = {}): Field<readonly string[]> {
  return { kind: "list", ...options };
}

export function tags(options: Options<"tags">): Field<readonly TagInput[]> {
  return { kind: "tags", ...options };
}

export function tagFilters(options: Options<"tagFilters">): Field<readonly TagFilterInput[]> {
  return { kind: "tagFilters", ...options };
}

/** What an action accepts. Fields are judged in the order in which they stand. */
export type Validation<F extends Readonly<Record<string, Field>>> = {
  /** "sent": RegionId must be there. "any": the parameter is not looked at. */
  readonly region: "sent" | "account" | "any";
  readonly fields: F;
};

/** The parameters of an action, read. */
export type Args<V> =
  V extends Validation<infer F>
    ? { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never }
    : never;

export function validation<const F extends Readonly<Record<string, Field>>>(
  fields: F,
  region: Validation<F>["region"] = "sent",
): Validation<F> {
  return { region, fields };
}
