import { ACCOUNT, openBack, OTHER_ACCOUNT } from "../support/back.js";

test("tells whose key it is", async () => {
  const back = await openBack();
  expect(back.ok("GetCallerIdentity", {}, { regionId: "" })).toEqual({
    RequestId: expect.any(String),
    AccountId: ACCOUNT,
    UserId: ACCOUNT,
    PrincipalId: ACCOUNT,
    Arn: `acs:ram::${ACCOUNT}:root`,
    IdentityType: "Account",
  });
  const other = back.ok("GetCallerIdentity", {}, { accountId: OTHER_ACCOUNT });
  expect(other.AccountId).toBe(OTHER_ACCOUNT);
  await back.close();
});
