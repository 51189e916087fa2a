import type { CallOptions, CloudApi } from "../client/port.js";
import { CloudAssistantError } from "../errors.js";

/** The account behind the credentials. */
export async function accountOf(api: CloudApi, options: CallOptions = {}): Promise<string> {
  const identity = await api.call("GetCallerIdentity", {}, options);
  return identity.accountId ?? "";
}

/**
 * What exists belongs to the account and region that it was made in. Credentials of another
 * account must find nothing "gone" and replace nothing.
 * @throws CloudAssistantError `WrongAccount`
 */
export async function mustBeAccount(
  api: CloudApi,
  recorded: { readonly accountId: string; readonly region: string },
  options: CallOptions = {},
): Promise<void> {
  const accountId = await accountOf(api, options);
  if (accountId === recorded.accountId) return;
  throw new CloudAssistantError(
    "WrongAccount",
    `The credentials belong to another account than this resource. Given: account ${accountId}. ` +
      `Allowed: account ${recorded.accountId} (region ${recorded.region}), where it was created. ` +
      `Use credentials of that account; nothing was called.`,
  );
}

/**
 * The operator's list of accounts, if there is one, and the account that the program names.
 * @throws CloudAssistantError `WrongAccount`
 */
export function mustBeAllowed(
  accountId: string,
  allowed: readonly string[],
  expected: string | undefined,
): void {
  const refusal = accountRefusal(accountId, allowed, expected);
  if (refusal !== undefined) throw new CloudAssistantError("WrongAccount", refusal);
}

/** Why these credentials may call nothing; undefined where they may. */
export function accountRefusal(
  accountId: string,
  allowed: readonly string[],
  expected: string | undefined,
): string | undefined {
  if (allowed.length > 0 && !allowed.includes(accountId)) {
    return (
      `The account is not one that the operator allows. Given: account ${accountId}. Allowed: ` +
      `${allowed.join(", ")} (cloud-assistant:allowedAccountIds). Use other credentials; nothing ` +
      `was called.`
    );
  }
  if (expected !== undefined && expected !== accountId) {
    return (
      `connection.accountId: the credentials belong to another account. Given: account ` +
      `${accountId}. Allowed: account ${expected}. Use credentials of that account, or change ` +
      `connection.accountId; nothing was called.`
    );
  }
  return undefined;
}
