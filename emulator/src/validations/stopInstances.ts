import { severalInstances } from "./rules/power.js";
import { validation } from "./rules/fields.js";

export const stopInstances = validation(severalInstances());
