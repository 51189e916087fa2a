import { notice, whoseCloud } from "../../../scripts/src/whose-cloud.js";

test.each(["CLOUD_ASSISTANT_ENDPOINT", "CLOUD_ASSISTANT_ACCESS_KEY_ID", "CLOUD_ASSISTANT_PROFILE"])(
  "%s means the user's own cloud, and empty it means nothing",
  (name) => {
    expect(whoseCloud({ [name]: "x", ALICLOUD_PROFILE: "p" })).toEqual({ cloud: "own" });
    expect(whoseCloud({ [name]: "" })).toEqual({ cloud: "local", unused: [] });
  },
);

test.each([
  "ALIBABA_CLOUD_ACCESS_KEY_ID",
  "ALIBABA_CLOUD_PROFILE",
  "ALIBABA_CLOUD_ROLE_ARN",
  "ALIBABA_CLOUD_ECS_METADATA",
  "ALIBABA_CLOUD_CREDENTIALS_URI",
  "ALICLOUD_ACCESS_KEY",
  "ALICLOUD_PROFILE",
  "ALICLOUD_ASSUME_ROLE_ARN",
])("%s, which other tools read too, is passed over and named", (name) => {
  expect(whoseCloud({ [name]: "x", [`${name}_X`]: "y", ALIBABA_CLOUD_REGION_ID: "r" })).toEqual({
    cloud: "local",
    unused: [name],
  });
  expect(whoseCloud({ [name]: "" })).toEqual({ cloud: "local", unused: [] });
});

test("the notice is one line that names what is not used, and how to use it; else there is none", () => {
  const line = notice("http://127.0.0.1:8055", ["ALICLOUD_PROFILE"]);
  expect(line).toMatch(/^Runs on the local emulator \(http:\/\/127\.0\.0\.1:8055\), [^\n]+$/);
  expect(line).toContain("without ALICLOUD_PROFILE.");
  expect(line).toContain("CLOUD_ASSISTANT_PROFILE");
  expect(notice("http://127.0.0.1:8055", [])).toBeUndefined();
});
