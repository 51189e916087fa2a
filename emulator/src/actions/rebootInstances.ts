import type { rebootInstances as rules } from "../validations/rebootInstances.js";
import type { Handler } from "./parts/call.js";
import { powerSeveral, REBOOT } from "./parts/power.js";

export const rebootInstances: Handler<typeof rules> = (call, args) =>
  powerSeveral(call, args, REBOOT);
