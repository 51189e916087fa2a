import type { startInstances as rules } from "../validations/startInstances.js";
import type { Handler } from "./parts/call.js";
import { powerSeveral, START } from "./parts/power.js";

export const startInstances: Handler<typeof rules> = (call, args) =>
  powerSeveral(call, args, START);
