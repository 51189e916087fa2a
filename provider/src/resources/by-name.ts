/* eslint-disable @typescript-eslint/no-unsafe-return, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-call */
import type * as pulumi from "@pulumi/pulumi";

/*
 * Everything in this file is captured into Pulumi state, as text. So it holds nothing but one-line
 * functions that load the real code by its package's name: the text stays small and never changes
 * when the code does, and refresh and destroy of old stacks run the newest code. Nothing may be
 * imported here but types, and nothing from outside of a function may be used inside it.
 */

/** The captured provider of `CommandInvocation`. One constant, so that it is serialised once. */
export const invocationByName: pulumi.dynamic.ResourceProvider = {
  configure: (r) => require("pulumi-cloud-assistant/runtime").runtime.invocation.configure(r),
  check: (o, n) => require("pulumi-cloud-assistant/runtime").runtime.invocation.check(o, n),
  diff: (i, o, n) => require("pulumi-cloud-assistant/runtime").runtime.invocation.diff(i, o, n),
  create: (n) => require("pulumi-cloud-assistant/runtime").runtime.invocation.create(n),
  read: (i, p) => require("pulumi-cloud-assistant/runtime").runtime.invocation.read(i, p),
  update: (i, o, n) => require("pulumi-cloud-assistant/runtime").runtime.invocation.update(i, o, n),
  delete: (i, p) => require("pulumi-cloud-assistant/runtime").runtime.invocation.delete(i, p),
};

/** The captured provider of `Command`. */
export const commandByName: pulumi.dynamic.ResourceProvider = {
  configure: (r) => require("pulumi-cloud-assistant/runtime").runtime.command.configure(r),
  check: (o, n) => require("pulumi-cloud-assistant/runtime").runtime.command.check(o, n),
  diff: (i, o, n) => require("pulumi-cloud-assistant/runtime").runtime.command.diff(i, o, n),
  create: (n) => require("pulumi-cloud-assistant/runtime").runtime.command.create(n),
  read: (i, p) => require("pulumi-cloud-assistant/runtime").runtime.command.read(i, p),
  update: (i, o, n) => require("pulumi-cloud-assistant/runtime").runtime.command.update(i, o, n),
  delete: (i, p) => require("pulumi-cloud-assistant/runtime").runtime.command.delete(i, p),
};
