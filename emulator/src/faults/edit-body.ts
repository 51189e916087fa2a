import type { FieldFilter } from "./fault-rule.js";

export type Body = Readonly<Record<string, unknown>>;

/** What is done with a field that was found. */
export type FieldEdit = { readonly omit: true } | { readonly omit: false; readonly value: unknown };

/**
 * A copy of the body with a field edited. A plain name means that field wherever it is; a name with
 * dots is the way from the top, through every member of the lists on it.
 */
export function editField(
  body: Body,
  field: string,
  edit: FieldEdit,
  where: FieldFilter = {},
): Body {
  const path = field.split(".");
  return path.length === 1
    ? (editEverywhere(body, field, edit, where) as Body)
    : (editAlong(body, path, edit, where) as Body);
}

/** A copy of an answer whose page, where it has one, has another NextToken. */
export function withNextToken(body: Body, nextToken: string): Body {
  return editPage(body, (page) => ({ ...page, NextToken: nextToken }));
}

/** The same with the lists of the page emptied. */
export function emptyPage(body: Body, nextToken: string): Body {
  return editPage(body, (page) => {
    const emptied = Object.entries(page).map(([key, value]) => [key, withoutMembers(value)]);
    return { ...(Object.fromEntries(emptied) as Body), NextToken: nextToken };
  });
}

/** The object with the NextToken is the page: the whole answer, or a part of it. */
function editPage(body: Body, edit: (page: Body) => Body): Body {
  if ("NextToken" in body) return edit(body);
  const inner = Object.entries(body).map(([key, value]) => [
    key,
    isObject(value) ? editPage(value, edit) : value,
  ]);
  return Object.fromEntries(inner) as Body;
}

function withoutMembers(value: unknown): unknown {
  if (Array.isArray(value)) return [];
  if (!isObject(value)) return value;
  const only = Object.entries(value);
  const [first] = only;
  return only.length === 1 && first !== undefined && Array.isArray(first[1])
    ? { [first[0]]: [] }
    : value;
}

function editEverywhere(
  value: unknown,
  name: string,
  edit: FieldEdit,
  where: FieldFilter,
): unknown {
  if (Array.isArray(value)) return value.map((each) => editEverywhere(each, name, edit, where));
  if (!isObject(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    copy[key] = editEverywhere(inner, name, edit, where);
  }
  return name in value && fits(value, where) ? edited(copy, name, edit) : copy;
}

function editAlong(
  value: unknown,
  path: readonly string[],
  edit: FieldEdit,
  where: FieldFilter,
): unknown {
  if (Array.isArray(value)) return value.map((each) => editAlong(each, path, edit, where));
  const [name, ...rest] = path;
  if (!isObject(value) || name === undefined) return value;
  if (rest.length === 0) return fits(value, where) ? edited({ ...value }, name, edit) : value;
  return name in value ? { ...value, [name]: editAlong(value[name], rest, edit, where) } : value;
}

function edited(copy: Record<string, unknown>, name: string, edit: FieldEdit): unknown {
  if (!edit.omit) return { ...copy, [name]: edit.value };
  return Object.fromEntries(Object.entries(copy).filter(([key]) => key !== name));
}

function fits(object: Record<string, unknown>, where: FieldFilter): boolean {
  return Object.entries(where).every(([key, value]) => object[key] === value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
