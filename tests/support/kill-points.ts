/**
 * Where a process may be killed. Testing asks for at least: before and after each call that changes
 * something, after each look, and before the operation answers.
 */
export type KillPoint =
  | { readonly at: "before-mutating"; readonly nth: number }
  | { readonly at: "after-mutating"; readonly nth: number }
  | { readonly at: "after-look"; readonly nth: number }
  | { readonly at: "before-answer" };

export const killKinds = [
  "before-mutating",
  "after-mutating",
  "after-look",
  "before-answer",
] as const;
