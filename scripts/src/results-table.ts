/** The part of `pulumi stack export` that the table reads. */
export type Checkpoint = {
  readonly deployment: {
    readonly resources?: readonly {
      readonly type: string;
      readonly urn: string;
      readonly outputs?: { readonly results?: unknown };
    }[];
  };
};

type ShownRow = {
  readonly status?: string;
  readonly exitCode?: number;
  readonly output?: string;
};

/** A table of every target of every run in a stack: instance, status, exit code, output. */
export function resultsTable(checkpoint: Checkpoint): string {
  const header = ["RUN", "INSTANCE", "STATUS", "EXIT CODE", "LAST LINE OF OUTPUT"];
  const rows = (checkpoint.deployment.resources ?? [])
    .filter((resource) => resource.type.endsWith(":CommandInvocation"))
    .flatMap((resource) => {
      const name = resource.urn.slice(resource.urn.lastIndexOf("::") + 2);
      const results = (resource.outputs?.results ?? {}) as Record<string, ShownRow>;
      return Object.entries(results).map(([instanceId, row]) => [
        name,
        instanceId,
        row.status ?? "",
        row.exitCode === undefined ? "-" : String(row.exitCode),
        lastLine(row.output ?? ""),
      ]);
    });
  return aligned([header, ...rows]);
}

function lastLine(output: string): string {
  // A target must not repaint the terminal of whoever reads the table.
  const plain = output.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, " ");
  return plain.trimEnd().split("\n").at(-1) ?? "";
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows
    .map(
      (row) =>
        `  ${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}`,
    )
    .join("\n");
}
