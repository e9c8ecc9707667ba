/**
 * Why a request failed. `check`: its own `expect` was not met; `protocol`: what came is not HTTP; `other`: anything
 * that the list does not name. The position is the number in a report frame, so append only.
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
] as const;

export type FailureKind = (typeof failureKinds)[number];
