import type { Row } from "../inputs.js";
import { harmless, lastLines } from "./output.js";
import { standingOf } from "./status.js";

/** At most so many lines of an error name machines; the rest is counted. */
const mostNamed = 20;

type Group = { readonly what: string; readonly ids: string[] };

/**
 * What failed, for people: grouped by how it ended and the last line that was printed, so that one
 * cause on a thousand machines is one line.
 *
 * @param quoteOutput false where output may hold a secret: then none of it is quoted
 */
export function failureLines(
  rows: Iterable<readonly [string, Row]>,
  quoteOutput: boolean,
): readonly string[] {
  const groups = new Map<string, Group>();
  for (const [id, row] of rows) {
    const what = describe(row, quoteOutput);
    if (what === undefined) continue;
    const group = groups.get(what) ?? { what, ids: [] };
    group.ids.push(id);
    groups.set(what, group);
  }
  const biggestFirst = [...groups.values()].sort((a, b) => b.ids.length - a.ids.length);
  const shown = biggestFirst.slice(0, mostNamed);
  const budget = Math.max(3, Math.floor((mostNamed * 5) / Math.max(1, shown.length)));
  const lines = shown.map(({ what, ids }) => {
    const names = ids.slice(0, budget).join(", ");
    const more = ids.length > budget ? ` and ${ids.length - budget} more` : "";
    return `${ids.length} × ${what}: ${names}${more}`;
  });
  const hidden = biggestFirst.slice(mostNamed);
  if (hidden.length > 0) {
    const count = hidden.reduce((sum, group) => sum + group.ids.length, 0);
    lines.push(`and ${count} more, in ${hidden.length} other ways`);
  }
  return lines;
}

function describe(row: Row, quoteOutput: boolean): string | undefined {
  const standing = standingOf(row);
  if (standing === "living") return "still running";
  if (standing === "unknown") return "no record any more: nobody can say how it ended";
  if (row.status === "Unready") return `not ready (${said(row)})`;
  if (standing !== "failed") return undefined;
  const code = row.exitCode === undefined ? "" : ` (exit code ${row.exitCode})`;
  const cause = said(row);
  const last = quoteOutput && row.output !== undefined ? lastLines(row.output, 2) : [];
  const quoted = last.length === 0 ? "" : `, last output: ${last.join(" / ")}`;
  return `${row.status}${code}${cause === "" ? "" : ` ${cause}`}${quoted}`;
}

function said(row: Row): string {
  if (row.errorCode === undefined || row.errorCode === "ExitCodeNonzero") return "";
  const info = row.errorInfo === undefined ? "" : ` ${harmless(row.errorInfo)}`;
  return `${row.errorCode}:${info}`.replace(/:$/, "");
}

/** A reason may be an error of several sentences. */
export function sentence(text: string): string {
  return `${text.replace(/[.\s]+$/, "")}.`;
}
