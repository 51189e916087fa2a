/** The back of the emulator, as its front sees it. */
export { openService } from "./open-service.js";
export type {
  AgentFault,
  AgentPatch,
  ApiRequest,
  ApiResponse,
  HandleOptions,
  InstancePatch,
  InstanceSeed,
  InstanceView,
  InvocationView,
  OutputView,
  PowerState,
  PublicCommandSeed,
  Service,
  ServiceAdmin,
  ServiceEvent,
  ServiceOptions,
  Snapshot,
  TaskView,
} from "./service-api.js";
