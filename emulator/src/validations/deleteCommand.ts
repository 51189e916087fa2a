import { text, validation } from "./rules/fields.js";

export const deleteCommand = validation({ CommandId: text({ required: true }) });
