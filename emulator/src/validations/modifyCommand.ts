import { DESCRIPTION, LAUNCHER, NAME, TIMEOUT, WORKING_DIR } from "./rules/common.js";
import { text, validation } from "./rules/fields.js";

/** CommandContent may be sent and has no effect. */
export const modifyCommand = validation({
  CommandId: text({ required: true }),
  Name: NAME,
  Description: DESCRIPTION,
  WorkingDir: WORKING_DIR,
  Timeout: TIMEOUT,
  Launcher: LAUNCHER,
});
