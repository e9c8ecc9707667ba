import type { ServiceError } from "@grpc/grpc-js";
import type { GrpcMessage } from "../../scenario/definition/grpc.ts";

/** The reply of a method that answers with one message. */
export class SingleReply {
  error: ServiceError | null = null;
  message: GrpcMessage | null = null;

  readonly take = (error: ServiceError | null, message: GrpcMessage | undefined): void => {
    this.error = error;
    this.message = message ?? null;
  };
}

/** Returns the bytes unchanged. Messages are encoded before a call begins, so that an invalid message is not a failed call. */
export function asItIs(bytes: Buffer): Buffer {
  return bytes;
}
