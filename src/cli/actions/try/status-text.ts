import { STATUS_CODES } from "node:http";

/** Returns the status with its standard reason phrase, such as "404 Not Found". The phrase that was sent is not kept. */
export function describeStatus(status: number): string {
  return `${status} ${reasonOf(status)}`.trimEnd();
}

/** Returns the standard reason phrase of a status; empty if there is none. */
export function reasonOf(status: number): string {
  return STATUS_CODES[status] ?? "";
}
