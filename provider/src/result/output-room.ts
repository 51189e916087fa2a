/** Output kept for all targets of one resource together, in bytes. */
export const captureLimit = 256 * 1024;
/** What a state may weigh with everything; above it output gives way, in bytes. */
export const stateLimit = 6 * 1024 * 1024;
/** What a member weighs at most without output, in bytes. */
export const memberSize = 350;

/** A quarter is left for those that fail: what they print is what is looked for. */
const keptForFailures = captureLimit / 4;

/** Bytes that are left for the output of one more target. */
export function roomForOutput(members: number, used: number, standing: "failed" | "other"): number {
  const room = Math.min(captureLimit, stateLimit - members * memberSize) - used;
  return Math.max(0, standing === "failed" ? room : room - keptForFailures);
}
