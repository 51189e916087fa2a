import { CLIENT_TOKEN, RESOURCE_GROUP, TAG } from "./rules/common.js";
import { integer, text, validation } from "./rules/fields.js";

/** Of the many parameters of the real one, those that a simulated fleet needs; the rest is ignored. */
export const runInstances = validation({
  ClientToken: CLIENT_TOKEN,
  InstanceName: text(),
  HostName: text(),
  ImageId: text(),
  InstanceType: text(),
  ZoneId: text(),
  Amount: integer({ min: 1, max: 100 }),
  ResourceGroupId: RESOURCE_GROUP,
  Tag: TAG,
});
