// For programs and tests that want Cloud Assistant on localhost.
export { startEmulator } from "./start-emulator.js";
export { connectEmulator } from "./client/connect.js";
export { waitForEvent } from "./client/wait-for-event.js";
export { EmulatorError, type EmulatorErrorCode } from "./errors.js";
export type { EmulatorOptions } from "./options.js";
export type {
  Emulator,
  EmulatorControls,
  EmulatorInfo,
  Isolation,
  RemoteEmulator,
  TaskOutput,
} from "./emulator-api.js";
export type { Account } from "./gates/credentials.js";
export type {
  FaultEffect,
  FaultMatch,
  FaultMoment,
  FaultRule,
  FaultState,
} from "./faults/fault-rule.js";
export type { RequestFilter, RequestLogEntry } from "./request-log/entry.js";
export type { Limits } from "./limits.js";
export type { ClockOptions } from "./clock/clock.js";
export type { SimBehaviour, SimDefaults, SimOutcome, SimRule } from "./backends/sim/behaviour.js";
export type {
  AgentFault,
  AgentPatch,
  InstancePatch,
  InstanceSeed,
  InstanceView,
  InvocationView,
  PowerState,
  PublicCommandSeed,
  ServiceEvent,
  Snapshot,
  TaskView,
} from "./service.js";

// For other libraries: a backend of their own, and reading a fleet file.
export type { Backend, BackendDeps, Machine, Report, Task, TaskKey } from "./backends/backend.js";
