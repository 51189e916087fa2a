/** Plain property maps, as Pulumi's dynamic protocol hands them over. */
export type Properties = Readonly<Record<string, unknown>>;

export type CheckFailure = { readonly property: string; readonly reason: string };
export type CheckAnswer = {
  readonly inputs: Record<string, unknown>;
  readonly failures: readonly CheckFailure[];
};
export type DiffAnswer = {
  readonly changes: boolean;
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
};
export type CreateAnswer = { readonly id: string; readonly outs: Record<string, unknown> };
export type ReadAnswer = {
  readonly id?: string;
  readonly props?: Record<string, unknown>;
  readonly inputs?: Record<string, unknown>;
};
export type UpdateAnswer = { readonly outs: Record<string, unknown> };

/** The dynamic protocol, method by method. */
export type DynamicResource = {
  check(olds: Properties, news: Properties): Promise<CheckAnswer>;
  diff(id: string, olds: Properties, news: Properties): Promise<DiffAnswer>;
  create(inputs: Properties): Promise<CreateAnswer>;
  read(id: string, props: Properties): Promise<ReadAnswer>;
  update(id: string, olds: Properties, news: Properties): Promise<UpdateAnswer>;
  delete(id: string, props: Properties): Promise<void>;
};
