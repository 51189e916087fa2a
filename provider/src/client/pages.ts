/**
 * Reads a list to its end. A token that is empty or absent ends it, and so does one that was seen
 * before: a service that repeats itself must not be read for ever.
 */
export async function readPages<Answer, Item>(
  read: (nextToken: string | undefined) => Promise<Answer>,
  parts: {
    readonly items: (answer: Answer) => readonly Item[];
    readonly nextToken: (answer: Answer) => string | undefined;
  },
): Promise<readonly Item[]> {
  const items: Item[] = [];
  const seen = new Set<string>();
  let token: string | undefined;
  for (;;) {
    const answer = await read(token);
    items.push(...parts.items(answer));
    token = parts.nextToken(answer);
    if (token === undefined || token === "" || seen.has(token)) return items;
    seen.add(token);
  }
}
