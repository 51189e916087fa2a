/** A way to get an engine, in the order in which they are tried. */
export const ENGINE_WAYS = ["path", "cache", "installer", "go"] as const;
export type EngineWay = (typeof ENGINE_WAYS)[number];

/** A Pulumi CLI that is there, with its Node language host and dynamic provider. */
export type Engine = {
  /** The folder that holds `pulumi`, `pulumi-language-nodejs` and `pulumi-resource-pulumi-nodejs`. */
  readonly root: string;
  /** The path of the CLI. */
  readonly pulumi: string;
  /** Without a leading `v`. */
  readonly version: string;
  readonly from: EngineWay;
};

/** Why something did not work, in a few words. */
export type Failure = { readonly reason: string };

/** What one way came to: an engine, or a short reason why not. */
export type WayResult = { readonly engine: Engine } | Failure;

/** The files of an engine of ours, all in one folder, as the CLI looks for them beside itself. */
export const ENGINE_FILES = [
  "pulumi",
  "pulumi-language-nodejs",
  "pulumi-resource-pulumi-nodejs",
] as const;
