/**
 * The reasons why a request failed. `check`: the response did not meet the request's `expect`; `protocol`: the response was
 * not valid HTTP; `generator`: the load generator ran out of files, ports or memory (see `generator-limit.ts`); `other`:
 * none of the rest; `grpc-…`: the status of a gRPC call. The position is the number in a report frame: append only.
 */
export const failureKinds = [
  "4xx",
  "5xx",
  "timeout",
  "refused",
  "reset",
  "dns",
  "tls",
  "protocol",
  "check",
  "other",
  "generator",
  "grpc-cancelled",
  "grpc-unknown",
  "grpc-invalid-argument",
  "grpc-deadline-exceeded",
  "grpc-not-found",
  "grpc-already-exists",
  "grpc-permission-denied",
  "grpc-resource-exhausted",
  "grpc-failed-precondition",
  "grpc-aborted",
  "grpc-out-of-range",
  "grpc-unimplemented",
  "grpc-internal",
  "grpc-unavailable",
  "grpc-data-loss",
  "grpc-unauthenticated",
] as const;

export type FailureKind = (typeof failureKinds)[number];

/** The names of the gRPC status codes; the position is the code (https://grpc.io/docs/guides/status-codes/). */
export const grpcStatusNames = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
] as const;

export type GrpcStatusName = (typeof grpcStatusNames)[number];
