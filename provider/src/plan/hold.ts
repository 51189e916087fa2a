/** Somebody has said that nothing more of a run is to be called. */
export type Hold = {
  /** `<runId>.<random>`: new for each hold, so that a release works once. */
  readonly id: string;
  /** For people; empty where none was given. */
  readonly reason: string;
};

/** What a tag's value may hold (API reference 2.1). */
const longestValue = 128;

/** The value of the hold tag: the id, and behind a blank what there is room for of the reason. */
export function holdTagValue(hold: Hold): string {
  // The service refuses values with an address in them.
  const reason = hold.reason.replace(/:\/\//g, ":").replace(/\s+/g, " ").trim();
  const room = longestValue - hold.id.length - 1;
  return reason === ""
    ? hold.id
    : `${hold.id} ${Array.from(reason).slice(0, room).join("")}`.trimEnd();
}

export function holdOfTag(value: string): Hold {
  const blank = value.indexOf(" ");
  return blank < 0
    ? { id: value, reason: "" }
    : { id: value.slice(0, blank), reason: value.slice(blank + 1).trim() };
}

/** How a hold reads in a sentence. */
export function describeHold(hold: Hold): string {
  return hold.reason === "" ? `hold ${hold.id}` : `hold ${hold.id}: ${hold.reason}`;
}

export type Releases = {
  readonly resume: string | undefined;
  readonly abandon: string | undefined;
};

/** What the holds on the invocations of a run mean for an operation. */
export type HoldFound =
  | { readonly kind: "none" }
  /** Nothing may be called. */
  | { readonly kind: "in-force"; readonly hold: Hold }
  /** Released by this operation, which is the first to see it. */
  | { readonly kind: "resumed" | "abandoned"; readonly hold: Hold };

/**
 * A hold is in force unless it was released before, or is released now. One that is in force beats
 * every release of another.
 */
export function judgeHolds(
  current: readonly { readonly hold: Hold | undefined }[],
  released: readonly string[],
  releases: Releases,
): HoldFound {
  const holds = current.flatMap(({ hold }) =>
    hold === undefined || released.includes(hold.id) ? [] : [hold],
  );
  const inForce = holds.find(({ id }) => id !== releases.resume && id !== releases.abandon);
  if (inForce !== undefined) return { kind: "in-force", hold: inForce };
  const hold = holds[0];
  if (hold === undefined) return { kind: "none" };
  return { kind: hold.id === releases.abandon ? "abandoned" : "resumed", hold };
}
