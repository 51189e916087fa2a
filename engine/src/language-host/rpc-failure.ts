import { status } from "@grpc/grpc-js";

/** What a call is answered with when it cannot be done: a status code and a sentence for people. */
export class RpcFailure extends Error {
  override readonly name = "RpcFailure";
  readonly details: string;

  constructor(
    readonly code: status,
    message: string,
  ) {
    super(message);
    this.details = message;
  }

  /** Anything thrown, as a failed call's answer. */
  static from(reason: unknown): RpcFailure {
    if (reason instanceof RpcFailure) return reason;
    return new RpcFailure(
      status.INTERNAL,
      reason instanceof Error ? reason.message : String(reason),
    );
  }
}
