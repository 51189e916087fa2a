import type { Paged } from "cloud-assistant-api";
import { refuse, type Refused } from "../../validations/rules/refusal.js";

export type PageArgs = {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
  readonly PageNumber?: number | undefined;
  readonly PageSize?: number | undefined;
};

/** Where an item stands in its list: compared number by number, the smaller first. */
export type Place = readonly number[];

export type Page<T> = { readonly items: readonly T[]; readonly paging: Paged };

/**
 * One page of a sorted list. A token names the last item that was shown, not a count, so that what is
 * added or dropped between two pages neither repeats nor hides another item.
 */
export function pageOf<T>(
  all: readonly T[],
  placeOf: (item: T) => Place,
  args: PageArgs,
  defaultSize = 10,
): Page<T> | Refused {
  if (args.PageNumber !== undefined || args.PageSize !== undefined) {
    if (args.MaxResults === undefined && !args.NextToken)
      return numberedPage(all, args, defaultSize);
  }
  const size = args.MaxResults ?? defaultSize;
  let start = 0;
  if (args.NextToken !== undefined && args.NextToken !== "") {
    const after = readToken(args.NextToken);
    if (after === undefined) return refuse("InvalidParameter.NextToken");
    start = all.findIndex((item) => comparePlaces(placeOf(item), after) > 0);
    if (start === -1) start = all.length;
  }
  const items = all.slice(start, start + size);
  const last = items.at(-1);
  const more = last !== undefined && start + size < all.length;
  return {
    items,
    paging: {
      TotalCount: all.length,
      PageNumber: 1,
      PageSize: size,
      NextToken: more ? writeToken(placeOf(last)) : "",
    },
  };
}

/**
 * The same for a list that is made while it is read: nothing behind the page is made, and nothing is
 * counted.
 *
 * @param itemsFrom the items in their order, from somewhere before or at this place on
 */
export function pageOfMade<T>(
  itemsFrom: (place: Place) => Iterable<T>,
  placeOf: (item: T) => Place,
  { size, token }: { readonly size: number; readonly token: string | undefined },
): { readonly items: readonly T[]; readonly nextToken: string } | Refused {
  const after = token === undefined || token === "" ? nothingShown : readToken(token);
  if (after === undefined) return refuse("InvalidParameter.NextToken");
  const items: T[] = [];
  for (const item of itemsFrom(after)) {
    if (comparePlaces(placeOf(item), after) <= 0) continue;
    const last = items[size - 1];
    if (last !== undefined) return { items, nextToken: writeToken(placeOf(last)) };
    items.push(item);
  }
  return { items, nextToken: "" };
}

/** Before every place. */
const nothingShown: Place = [-1];

export function comparePlaces(one: Place, other: Place): number {
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numberedPage<T>(all: readonly T[], args: PageArgs, defaultSize: number): Page<T> {
  const number = args.PageNumber ?? 1;
  const size = args.PageSize ?? defaultSize;
  return {
    items: all.slice((number - 1) * size, number * size),
    paging: { TotalCount: all.length, PageNumber: number, PageSize: size, NextToken: "" },
  };
}

/**
 * Opaque, and with the characters that a client forgets to escape: the first bytes are `+` and `/` in
 * Base64, and the length is padded so that it ends in `=`.
 */
function writeToken(place: Place): string {
  const text = place.join(",");
  const padding = " ".repeat((5 - ((text.length + MARK.length) % 3)) % 3);
  return Buffer.concat([MARK, Buffer.from(text + padding, "latin1")]).toString("base64");
}

function readToken(token: string): Place | undefined {
  const bytes = Buffer.from(token, "base64");
  if (!bytes.subarray(0, MARK.length).equals(MARK)) return undefined;
  const numbers = bytes.subarray(MARK.length).toString("latin1").split(",").map(Number);
  return numbers.every(Number.isFinite) ? numbers : undefined;
}

const MARK = Buffer.from([0xfb, 0xef, 0xff]);
