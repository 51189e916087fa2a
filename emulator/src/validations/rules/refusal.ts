import { API_ERRORS, type ApiErrorCode } from "cloud-assistant-api";

/** A refusal of the API. Nothing has changed when one is given. */
export type Refused = {
  readonly refused: { readonly status: number; readonly code: string; readonly message: string };
};

export function refuse(code: ApiErrorCode, message?: string): Refused {
  const { status, message: words } = API_ERRORS[code];
  return { refused: { status, code, message: message ?? words } };
}

export function missing(parameter: string): Refused {
  return refuse(
    "MissingParameter",
    `The input parameter "${parameter}" that is mandatory for processing this request is not supplied.`,
  );
}

export function invalid(parameter: string): Refused {
  return refuse("InvalidParameter", `The specified parameter "${parameter}" is not valid.`);
}

export function isRefused(value: unknown): value is Refused {
  return typeof value === "object" && value !== null && "refused" in value;
}
