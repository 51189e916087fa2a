/**
 * Where a fact comes from.
 *
 * - `sdk`: typings and remarks of the npm package `@alicloud/ecs20140526` 7.11.6, the newest statement of the API.
 * - `wire`: observed by driving that SDK against a local server.
 * - `doc-2025`, `doc-2021`: the service's help pages, as of December 2025 and July 2021.
 * - `agent`: observed of, or read in, the open-source agent `aliyun/aliyun_assist_client`.
 * - `terraform`: `aliyun/terraform-provider-alicloud`.
 * - `general`: error pages that all products share.
 * - `inferred`: in no known source; decided, and switchable where it matters.
 */
export type Source =
  "sdk" | "wire" | "doc-2025" | "doc-2021" | "agent" | "terraform" | "general" | "inferred";

/** A number with its unit's meaning in the name that holds it. */
export type Sourced<T> = { readonly value: T; readonly source: Source; readonly note?: string };
