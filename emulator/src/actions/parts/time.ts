/** `yyyy-MM-ddTHH:mm:ssZ`; "" for a time that does not apply. */
export function secondText(atMs: number | undefined): string {
  return atMs === undefined ? "" : `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

/** As commands and instances show their creation: without seconds. */
export function minuteText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16)}Z`;
}
