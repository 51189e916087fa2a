import type { stopInstances as rules } from "../validations/stopInstances.js";
import type { Handler } from "./parts/call.js";
import { powerSeveral, STOP } from "./parts/power.js";

export const stopInstances: Handler<typeof rules> = (call, args) => powerSeveral(call, args, STOP);
