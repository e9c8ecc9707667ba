/**
 * The reasons why a request failed. `check`: the response did not meet the request's `expect`; `protocol`: the response was
 * not valid HTTP; `generator`: the load generator ran out of files, ports or memory (see `generator-limit.ts`); `other`:
 * none of the rest. The position is the number in a report frame: append only.
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
] as const;

export type FailureKind = (typeof failureKinds)[number];
