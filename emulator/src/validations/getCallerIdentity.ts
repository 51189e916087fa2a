import { validation } from "./rules/fields.js";

export const getCallerIdentity = validation({}, "any");
