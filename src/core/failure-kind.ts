/**
 * Why a request failed. `check`: its own `expect` was not met; `protocol`: what came is not HTTP; `other`: anything
 * that the list does not name; `generator`: this side ran out of files, ports or memory (see `generator-limit.ts`). The
 * position is the number in a report frame, so append only.
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
