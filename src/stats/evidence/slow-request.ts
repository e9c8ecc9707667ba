/** One of the slowest sampled requests of an endpoint. */
export interface SlowRequest {
  readonly method: string;
  /** The name of its endpoint. */
  readonly name: string;
  /** When it had ended, in ms since the start of the run. */
  readonly atMs: number;
  /** The number of its worker; 0 until the master knows it. */
  readonly worker: number;
  /** The number of its user: `vu.index`. */
  readonly user: number;
  /** 0 without a response. */
  readonly status: number;
  readonly serviceMs: number;
  readonly responseMs: number;
  /** The id of its trace, 32 hexadecimal digits. */
  readonly traceId: string;
}

/** How many of the slowest requests are kept of an endpoint. */
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

  /** Whether a request that took so long would be kept. */
  takes(endpoint: Endpoint, responseMs: number): boolean {
    const kept = this.of(endpoint);
    return kept.length < mostSlowest || responseMs >= (kept.at(-1)?.responseMs ?? 0);
  }

  /** Adds a request, unless it is faster than those that are kept of its endpoint. */
  add(request: SlowRequest): void {
    if (!this.takes(request, request.responseMs)) return;
    const kept = [...this.of(request), request].sort(slowestFirst).slice(0, mostSlowest);
    this.#byEndpoint.set(keyOf(request), kept);
  }

  /** The slowest requests of an endpoint, the slowest first. */
  of(endpoint: Endpoint): readonly SlowRequest[] {
    return this.#byEndpoint.get(keyOf(endpoint)) ?? [];
  }

  /** All that are kept, by endpoint. */
  *each(): Generator<SlowRequest, void, void> {
    for (const kept of this.#byEndpoint.values()) yield* kept;
  }

  clear(): void {
    this.#byEndpoint.clear();
  }
}

/** The slowest requests on one worker: only those that are among them in the whole run are reported, each once. */
export class SlowestOfWorker {
  readonly #ofRun = new SlowestRequests();
  /** Those of the current interval. */
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
