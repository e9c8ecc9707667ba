import type { ServiceError } from "@grpc/grpc-js";
import type { GrpcMessage } from "../../scenario/definition/grpc.ts";

/** What a method answers that does not answer with a stream. */
export class SingleReply {
  error: ServiceError | null = null;
  message: GrpcMessage | null = null;

  readonly take = (error: ServiceError | null, message: GrpcMessage | undefined): void => {
    this.error = error;
    this.message = message ?? null;
  };
}

/** Messages are encoded before a call begins, so that an invalid one is no failed call. */
export function asItIs(bytes: Buffer): Buffer {
  return bytes;
}
