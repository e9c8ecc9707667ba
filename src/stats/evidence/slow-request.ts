/** One of the slowest sampled requests of an endpoint. */
export interface SlowRequest {
  readonly method: string;
  /** The name of its endpoint. */
  readonly name: string;
  /** When the request ended, in ms since the start of the run. */
  readonly atMs: number;
  /** The number of its worker; 0 until the master knows it. */
  readonly worker: number;
  /** The number of its user: `vu.index`. */
  readonly user: number;
  /** The status of the response; 0 if there was none. */
  readonly status: number;
  readonly serviceMs: number;
  readonly responseMs: number;
  /** The id of its trace, 32 hexadecimal digits. */
  readonly traceId: string;
}

/** The number of slowest requests that are kept for each endpoint. */
export const mostSlowest = 3;

interface Endpoint {
  readonly method: string;
  readonly name: string;
}

/** The slowest requests of each endpoint. Which ones are kept does not depend on the order of adding. */
export class SlowestRequests {
  readonly #byEndpoint = new Map<string, readonly SlowRequest[]>();

  get size(): number {
    return this.#byEndpoint.size;
  }

  /** Whether a request with this response time would be kept. */
  takes(endpoint: Endpoint, responseMs: number): boolean {
    const kept = this.of(endpoint);
    return kept.length < mostSlowest || responseMs >= (kept.at(-1)?.responseMs ?? 0);
  }

  /** Adds a request, unless it is faster than the requests that are kept for its endpoint. */
  add(request: SlowRequest): void {
    if (!this.takes(request, request.responseMs)) return;
    const kept = [...this.of(request), request].sort(slowestFirst).slice(0, mostSlowest);
    this.#byEndpoint.set(keyOf(request), kept);
  }

  /** Returns the slowest requests of an endpoint, the slowest first. */
  of(endpoint: Endpoint): readonly SlowRequest[] {
    return this.#byEndpoint.get(keyOf(endpoint)) ?? [];
  }

  /** Iterates over all kept requests, by endpoint. */
  *each(): Generator<SlowRequest, void, void> {
    for (const kept of this.#byEndpoint.values()) yield* kept;
  }

  clear(): void {
    this.#byEndpoint.clear();
  }
}

/** The slowest requests on one worker. A request is reported once, if it is among the slowest of the run so far. */
export class SlowestOfWorker {
  readonly #ofRun = new SlowestRequests();
  /** The requests to report for the current interval. */
  readonly ofInterval = new SlowestRequests();

  takes(endpoint: Endpoint, responseMs: number): boolean {
    return this.#ofRun.takes(endpoint, responseMs);
  }

  add(request: SlowRequest): void {
    if (!this.takes(request, request.responseMs)) return;
    this.#ofRun.add(request);
    this.ofInterval.add(request);
  }
}

function keyOf({ method, name }: Endpoint): string {
  return `${method} ${name}`;
}

function slowestFirst(a: SlowRequest, b: SlowRequest): number {
  return b.responseMs - a.responseMs || (a.traceId < b.traceId ? -1 : a.traceId > b.traceId ? 1 : 0);
}
