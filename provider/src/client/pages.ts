import { CloudAssistantError } from "../errors.js";

/** How often a page whose token leads back to where it came from is asked for again. */
const mostRepeats = 5;

/**
 * Reads a list to its end. A token that is empty or absent ends it. A token that was followed before
 * would be read for ever, and to stop there would leave members out unseen: that page is asked for
 * again, a bounded number of times.
 * @throws CloudAssistantError `ApiUnreachable` when the list cannot be read to its end
 */
export async function readPages<Answer, Item>(
  read: (nextToken: string | undefined) => Promise<Answer>,
  parts: {
    readonly items: (answer: Answer) => readonly Item[];
    readonly nextToken: (answer: Answer) => string | undefined;
    /** Whether the rest need not be read. Asked after each page. */
    readonly enough?: (page: readonly Item[]) => boolean;
  },
): Promise<readonly Item[]> {
  const items: Item[] = [];
  const followed = new Set<string>();
  let token: string | undefined;
  let repeats = 0;
  for (;;) {
    const answer = await read(token);
    const next = parts.nextToken(answer);
    if (next !== undefined && next !== "" && followed.has(next)) {
      repeats += 1;
      if (repeats > mostRepeats) throw neverEnding();
      continue;
    }
    const page = parts.items(answer);
    for (const item of page) items.push(item);
    if (next === undefined || next === "" || parts.enough?.(page) === true) return items;
    followed.add(next);
    token = next;
  }
}

function neverEnding(): CloudAssistantError {
  return new CloudAssistantError(
    "ApiUnreachable",
    "A list could not be read to its end: the service sends the reader back to a page that was " +
      "read before. Run this again in a minute.",
  );
}
