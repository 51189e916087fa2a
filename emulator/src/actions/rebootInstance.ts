import type { rebootInstance as rules } from "../validations/rebootInstance.js";
import type { Handler } from "./parts/call.js";
import { powerOne, REBOOT } from "./parts/power.js";

export const rebootInstance: Handler<typeof rules> = (call, args) => powerOne(call, args, REBOOT);
