import { text, validation } from "./rules/fields.js";

export const describeRegions = validation({ AcceptLanguage: text(), ResourceType: text() }, "any");
