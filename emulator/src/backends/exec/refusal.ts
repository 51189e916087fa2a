import type { InstanceErrorCode } from "cloud-assistant-api";

/** Why a task is not started: the API's ErrorCode and the agent's words. */
export type Refusal = { readonly errorCode: InstanceErrorCode; readonly detail: string };
