import type { stopInstance as rules } from "../validations/stopInstance.js";
import type { Handler } from "./parts/call.js";
import { powerOne, STOP } from "./parts/power.js";

export const stopInstance: Handler<typeof rules> = (call, args) => powerOne(call, args, STOP);
