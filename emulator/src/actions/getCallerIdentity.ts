import type { getCallerIdentity as rules } from "../validations/getCallerIdentity.js";
import type { Handler } from "./parts/call.js";

/** Every key of the emulator is its account's own. */
export const getCallerIdentity: Handler<typeof rules> = ({ accountId }) => ({
  body: {
    AccountId: accountId,
    UserId: accountId,
    PrincipalId: accountId,
    Arn: `acs:ram::${accountId}:root`,
    IdentityType: "Account",
  },
});
