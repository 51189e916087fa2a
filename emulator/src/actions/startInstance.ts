import type { startInstance as rules } from "../validations/startInstance.js";
import type { Handler } from "./parts/call.js";
import { powerOne, START } from "./parts/power.js";

export const startInstance: Handler<typeof rules> = (call, args) => powerOne(call, args, START);
