import { severalInstances } from "./rules/power.js";
import { validation } from "./rules/fields.js";

export const startInstances = validation(severalInstances());
