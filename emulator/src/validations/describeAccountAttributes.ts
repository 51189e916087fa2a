import { DEFAULT_LIMITS } from "cloud-assistant-api";
import { list, validation } from "./rules/fields.js";

export const describeAccountAttributes = validation(
  {
    AttributeName: list({
      max: { count: DEFAULT_LIMITS.accountAttributesPerCall.value, code: "Invalid.Parameter" },
    }),
  },
  "account",
);
