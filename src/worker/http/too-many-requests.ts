/**
 * How many requests one user may have open at a time. Each has a connection of its own; a browser opens six per host.
 */
export const mostOpenRequests = 1_000;

/** One user has too many open requests, nearly always because a task does not await them. */
export class TooManyRequests extends Error {
  readonly code = "MUSTER_TOO_MANY_REQUESTS";

  constructor() {
    super(`one user has ${mostOpenRequests.toLocaleString("en")} requests open: await each request, or return it`);
    this.name = "TooManyRequests";
  }
}
