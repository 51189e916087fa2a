/** What the engine says when it starts a language host. */
export type HostArguments = { readonly engineAddress: string; readonly tracing?: string };

/**
 * Reads a language host's arguments: the engine's address comes last, logging and tracing flags may come before
 * (pulumi: pkg/resource/plugin/plugin.go, `buildPluginArguments`).
 */
export function hostArguments(argv: readonly string[]): HostArguments {
  const tracing = argv.indexOf("--tracing");
  const endpoint = tracing < 0 ? undefined : argv[tracing + 1];
  const last = argv.at(-1) ?? "";
  return {
    engineAddress: last.startsWith("-") || last === endpoint ? "" : last,
    ...(endpoint !== undefined && { tracing: endpoint }),
  };
}
