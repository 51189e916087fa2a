/** A stack's configuration as the engine sends it: keys `namespace:key`, values decrypted. */
export type StackConfig = {
  readonly values: ReadonlyMap<string, string>;
  readonly secretKeys: readonly string[];
};

/** The environment variables by which the SDK reads configuration in the program's process. */
export function configEnvironment(config: StackConfig): Record<string, string> {
  const entries = [...config.values].map(([key, value]) => [longKey(key), value] as const);
  return {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(entries)),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(config.secretKeys),
  };
}

/**
 * `ns:key` → `ns:config:key`. The SDK takes one `config:` away again (its runtime/config `cleanKey`), so a key that
 * itself begins with `config:` survives only in the long form.
 */
function longKey(key: string): string {
  const colon = key.indexOf(":");
  return colon < 0 ? key : `${key.slice(0, colon)}:config:${key.slice(colon + 1)}`;
}
