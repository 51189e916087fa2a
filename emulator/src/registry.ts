import type { ActionName } from "cloud-assistant-api";
import { createCommand } from "./actions/createCommand.js";
import { deleteCommand } from "./actions/deleteCommand.js";
import { deleteInstance } from "./actions/deleteInstance.js";
import { deleteInstances } from "./actions/deleteInstances.js";
import { describeAccountAttributes } from "./actions/describeAccountAttributes.js";
import { describeCloudAssistantStatus } from "./actions/describeCloudAssistantStatus.js";
import { describeCommands } from "./actions/describeCommands.js";
import { describeInstanceStatus } from "./actions/describeInstanceStatus.js";
import { describeInstances } from "./actions/describeInstances.js";
import { describeInvocationResults } from "./actions/describeInvocationResults.js";
import { describeInvocations } from "./actions/describeInvocations.js";
import { describeManagedInstances } from "./actions/describeManagedInstances.js";
import { describeRegions } from "./actions/describeRegions.js";
import { getCallerIdentity } from "./actions/getCallerIdentity.js";
import { installCloudAssistant } from "./actions/installCloudAssistant.js";
import { invokeCommand } from "./actions/invokeCommand.js";
import { listTagResources } from "./actions/listTagResources.js";
import { modifyCommand } from "./actions/modifyCommand.js";
import { modifyInvocationAttribute } from "./actions/modifyInvocationAttribute.js";
import type { Call, Done, Handler } from "./actions/parts/call.js";
import { rebootInstance } from "./actions/rebootInstance.js";
import { rebootInstances } from "./actions/rebootInstances.js";
import { runCommand } from "./actions/runCommand.js";
import { runInstances } from "./actions/runInstances.js";
import { startInstance } from "./actions/startInstance.js";
import { startInstances } from "./actions/startInstances.js";
import { stopInstance } from "./actions/stopInstance.js";
import { stopInstances } from "./actions/stopInstances.js";
import { stopInvocation } from "./actions/stopInvocation.js";
import { tagResources } from "./actions/tagResources.js";
import { untagResources } from "./actions/untagResources.js";
import type { Limits } from "./limits.js";
import * as rules from "./validations/index.js";
import type { Field, Validation } from "./validations/rules/fields.js";
import { readArgs } from "./validations/rules/read.js";
import { isRefused, type Refused } from "./validations/rules/refusal.js";

/** An action with its rules, ready to be asked. */
export type Operation = {
  readonly region: Validation<Readonly<Record<string, Field>>>["region"];
  /** Reads the parameters and decides. Changes nothing by itself. */
  readonly run: (
    call: Call,
    params: Readonly<Record<string, string>>,
    limits: Limits,
  ) => Done | Refused;
};

/** What this emulator serves, by the API's name. What is not here is said to be not implemented. */
export const OPERATIONS: Readonly<Partial<Record<ActionName, Operation>>> = {
  CreateCommand: operation(rules.createCommand, createCommand),
  ModifyCommand: operation(rules.modifyCommand, modifyCommand),
  DeleteCommand: operation(rules.deleteCommand, deleteCommand),
  DescribeCommands: operation(rules.describeCommands, describeCommands),
  InvokeCommand: operation(rules.invokeCommand, invokeCommand),
  RunCommand: operation(rules.runCommand, runCommand),
  StopInvocation: operation(rules.stopInvocation, stopInvocation),
  ModifyInvocationAttribute: operation(rules.modifyInvocationAttribute, modifyInvocationAttribute),
  DescribeInvocations: operation(rules.describeInvocations, describeInvocations),
  DescribeInvocationResults: operation(rules.describeInvocationResults, describeInvocationResults),
  DescribeCloudAssistantStatus: operation(
    rules.describeCloudAssistantStatus,
    describeCloudAssistantStatus,
  ),
  InstallCloudAssistant: operation(rules.installCloudAssistant, installCloudAssistant),
  DescribeManagedInstances: operation(rules.describeManagedInstances, describeManagedInstances),
  DescribeInstances: operation(rules.describeInstances, describeInstances),
  DescribeInstanceStatus: operation(rules.describeInstanceStatus, describeInstanceStatus),
  RunInstances: operation(rules.runInstances, runInstances),
  DeleteInstance: operation(rules.deleteInstance, deleteInstance),
  DeleteInstances: operation(rules.deleteInstances, deleteInstances),
  StartInstance: operation(rules.startInstance, startInstance),
  StartInstances: operation(rules.startInstances, startInstances),
  StopInstance: operation(rules.stopInstance, stopInstance),
  StopInstances: operation(rules.stopInstances, stopInstances),
  RebootInstance: operation(rules.rebootInstance, rebootInstance),
  RebootInstances: operation(rules.rebootInstances, rebootInstances),
  DescribeAccountAttributes: operation(rules.describeAccountAttributes, describeAccountAttributes),
  TagResources: operation(rules.tagResources, tagResources),
  UntagResources: operation(rules.untagResources, untagResources),
  ListTagResources: operation(rules.listTagResources, listTagResources),
  DescribeRegions: operation(rules.describeRegions, describeRegions),
  GetCallerIdentity: operation(rules.getCallerIdentity, getCallerIdentity),
};

function operation<F extends Readonly<Record<string, Field>>>(
  validation: Validation<F>,
  handler: Handler<Validation<F>>,
): Operation {
  return {
    region: validation.region,
    run: (call, params, limits) => {
      const args = readArgs(validation, params, limits);
      return isRefused(args) ? args : handler(call, args);
    },
  };
}
