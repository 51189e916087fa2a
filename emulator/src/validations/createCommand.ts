import { COMMAND_TYPES } from "cloud-assistant-api";
import {
  CLIENT_TOKEN,
  CONTENT_ENCODING,
  DESCRIPTION,
  LAUNCHER,
  RESOURCE_GROUP,
  TAG,
  TIMEOUT,
  WORKING_DIR,
} from "./rules/common.js";
import { boolean, text, validation } from "./rules/fields.js";

export const createCommand = validation({
  ClientToken: CLIENT_TOKEN,
  Name: text({
    required: true,
    max: { length: 128, unit: "characters", code: "CmdName.ExceedLimit" },
  }),
  Type: text({
    required: true,
    values: { among: COMMAND_TYPES, code: "InvalidCmdType.NotFound" },
  }),
  CommandContent: text({ required: true }),
  ContentEncoding: CONTENT_ENCODING,
  Description: DESCRIPTION,
  WorkingDir: WORKING_DIR,
  Timeout: TIMEOUT,
  EnableParameter: boolean(),
  Launcher: LAUNCHER,
  ResourceGroupId: RESOURCE_GROUP,
  Tag: TAG,
});
