/** Times of a wall clock as text. */
import type { WallSeconds } from "./zone.js";

/** `02:30`; with seconds where there are any. */
export function clockText(wall: WallSeconds): string {
  return new Date(wall * 1000).toISOString().slice(11, 19).replace(/:00$/, "");
}

/** `2026-03-08`. */
export function dateText(wall: WallSeconds): string {
  return new Date(wall * 1000).toISOString().slice(0, 10);
}
