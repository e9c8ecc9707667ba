/** What was served on one route. Bytes are those of bodies, without heads. */
export interface RouteSnapshot {
  /** Requests whose head was received. */
  requests: number;
  /** Responses that were handed to the operating system completely. */
  completed: number;
  /** Requests whose connection went away first. */
  aborted: number;
  byStatus: Record<string, number>;
  bytesIn: number;
  bytesOut: number;
}

/** The counters of one route. */
export class RouteCount {
  requests = 0;
  #completed = 0;
  #aborted = 0;
  #bytesIn = 0;
  #bytesOut = 0;
  readonly #byStatus = new Map<number, number>();

  complete(status: number, bytesIn: number, bytesOut: number): void {
    this.#completed += 1;
    this.#bytesIn += bytesIn;
    this.#bytesOut += bytesOut;
    this.#byStatus.set(status, (this.#byStatus.get(status) ?? 0) + 1);
  }

  abort(): void {
    this.#aborted += 1;
  }

  snapshot(): RouteSnapshot {
    return {
      requests: this.requests,
      completed: this.#completed,
      aborted: this.#aborted,
      byStatus: Object.fromEntries(this.#byStatus),
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
    };
  }
}

/** Counters by route template, such as `GET /jobs/:id`. */
export class RouteCounts {
  readonly #byRoute = new Map<string, RouteCount>();

  /** The counters of a route, from now on listed. */
  of(key: string): RouteCount {
    let count = this.#byRoute.get(key);
    if (count === undefined) {
      count = new RouteCount();
      this.#byRoute.set(key, count);
    }
    return count;
  }

  snapshot(): Record<string, RouteSnapshot> {
    return Object.fromEntries([...this.#byRoute].map(([key, count]) => [key, count.snapshot()]));
  }
}
