/** Credentials of this project's own variables, which the provider looks at before all others. */
const chosen = [
  "CLOUD_ASSISTANT_ENDPOINT",
  "CLOUD_ASSISTANT_ACCESS_KEY_ID",
  "CLOUD_ASSISTANT_PROFILE",
] as const;
const general =
  /^(?:ALIBABA_CLOUD|ALICLOUD)_(?:ACCESS_KEY(?:_ID)?|PROFILE|(?:ASSUME_)?ROLE_ARN|ECS_METADATA|ECS_ROLE_NAME|CREDENTIALS_(?:URI|FILE))$/;

/** Whether an environment means a cloud of the user's; `unused` are the accounts that the local cloud then passes over. */
export type WhoseCloud =
  { readonly cloud: "own" } | { readonly cloud: "local"; readonly unused: readonly string[] };

/**
 * Somebody who names an endpoint or credentials for Cloud Assistant means that cloud. An account that is set for other tools
 * too (ALIBABA_CLOUD_*) is not meant: nothing here may reach a real machine because of what a shell happens to have.
 */
export function whoseCloud(env: NodeJS.ProcessEnv): WhoseCloud {
  const given = (name: string): boolean => env[name] !== undefined && env[name] !== "";
  if (chosen.some(given)) return { cloud: "own" };
  const unused = Object.keys(env).filter((name) => general.test(name) && given(name));
  return { cloud: "local", unused: unused.sort() };
}

/** One line for somebody who may have meant another cloud. */
export function notice(url: string, unused: readonly string[]): string | undefined {
  if (unused.length === 0) return undefined;
  return (
    `Runs on the local emulator (${url}), without ${unused.join(", ")}. ` +
    "To run in the cloud, set CLOUD_ASSISTANT_PROFILE or CLOUD_ASSISTANT_ACCESS_KEY_ID and its secret."
  );
}
