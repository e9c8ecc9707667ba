/** Requests that one user may have open at a time. Each is a connection: a browser has six to a service. */
export const mostOpenRequests = 1_000;

/** One user has too many requests under way: nearly always a task that awaits none of them. */
export class TooManyRequests extends Error {
  readonly code = "MUSTER_TOO_MANY_REQUESTS";

  constructor() {
    super(`one user has ${mostOpenRequests.toLocaleString("en")} requests open: await each request, or return it`);
    this.name = "TooManyRequests";
  }
}
