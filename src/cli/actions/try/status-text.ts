import { STATUS_CODES } from "node:http";

/** "404 Not Found": the status with the usual reason phrase, as the one that was sent is not kept. */
export function describeStatus(status: number): string {
  return `${status} ${reasonOf(status)}`.trimEnd();
}

/** The usual reason phrase of a status; empty without one. */
export function reasonOf(status: number): string {
  return STATUS_CODES[status] ?? "";
}
