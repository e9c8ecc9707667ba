import { type PermitRequest, type PermitResponse, permitRequest } from "../../protocol/permit-messages.ts";
import type { SharedRecord } from "../../store/batch.ts";
import type { RequestHandler, WorkerRequest } from "./worker-requests.ts";

/** The time between two permits is longer by this factor, so that no second has too many where some take longer on their way. */
const spacingMargin = 1.1;
/** Permits begin so long after they are granted, which is when they have arrived. */
const leadMs = 60;
/** A lease covers this time at most: what a lost worker holds is not granted again. */
const leaseMs = 100;
const mostOfLease = 1_000;
/** The next lease begins at most so far in the future. */
const aheadMs = 250;
const scope = "permits";

export interface PermitOptions {
  /** Null for no limit. */
  readonly maxRequests: number | null;
  readonly maxRequestsPerSecond: number | null;
  readonly shared: readonly SharedRecord[];
  readonly journal: { share(record: SharedRecord): void };
  /** The time of the run. */
  elapsedMs(): number;
  /** Called once, when all requests have been made. */
  used(uncertain: number): void;
}

interface Stored {
  readonly left: number | null;
  readonly held: readonly (readonly [worker: number, count: number])[];
}

/**
 * Grants permits for requests to the workers of a run: each is used for one request, or returned. Together they are never more than
 * `maxRequests`. With `maxRequestsPerSecond`, each has a time of its own on the clock of the run, and those of all workers are
 * evenly spaced. What a lost worker holds may have been used, and is not granted again.
 */
export class PermitRequests implements RequestHandler {
  readonly #options: PermitOptions;
  /** The permits that can be granted; infinite without a limit. */
  #left: number;
  readonly #held = new Map<number, number>();
  readonly #lost = new Set<number>();
  /** Requests that nothing could be granted to, in their order. */
  readonly #waiting = new Set<WorkerRequest>();
  #nextMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  #isOver = false;

  constructor(options: PermitOptions) {
    this.#options = options;
    const stored = options.shared.find((record) => record.scope === scope)?.value as Stored | undefined;
    this.#left = options.maxRequests ?? Number.POSITIVE_INFINITY;
    if (stored === undefined) return;
    this.#left = stored.left ?? Number.POSITIVE_INFINITY;
    for (const [worker, count] of stored.held) this.#held.set(worker, count);
    // What the last master has granted may still be used.
    this.#nextMs = options.elapsedMs() + aheadMs + leaseMs + leadMs;
  }

  handle(request: WorkerRequest): void {
    const { used, unused, wanted } = permitRequest.parse(request.payload);
    this.#settle(request.worker, used, unused);
    if (wanted === 0) request.respond(grant(0, 0, 0));
    else this.#waiting.add(request);
    this.#look();
  }

  /** The worker does not use what it was granted. */
  cancelled(request: WorkerRequest, value: unknown): void {
    this.#waiting.delete(request);
    if (value !== undefined && value !== null) this.#settle(request.worker, 0, (value as PermitResponse).count);
    this.#look();
  }

  lost(worker: number): void {
    this.#lost.add(worker);
    for (const request of this.#waiting) if (request.worker === worker) this.#waiting.delete(request);
    this.#look();
  }

  returned(worker: number): void {
    this.#lost.delete(worker);
  }

  #settle(worker: number, used: number, unused: number): void {
    const held = this.#held.get(worker) ?? 0;
    // No more than it was granted.
    const returned = Math.min(unused, held);
    this.#held.set(worker, held - returned - Math.min(used, held - returned));
    this.#left += returned;
  }

  #look(): void {
    for (const request of this.#waiting) {
      if (this.#left <= 0 || !this.#isDue()) break;
      this.#waiting.delete(request);
      this.#grant(request);
    }
    if (this.#left <= 0 && this.#liveHeld === 0) this.#finish();
  }

  get #liveHeld(): number {
    let sum = 0;
    for (const [worker, count] of this.#held) if (!this.#lost.has(worker)) sum += count;
    return sum;
  }

  /** Whether the next permits are near enough. If not, it looks again later. */
  #isDue(): boolean {
    const { maxRequestsPerSecond, elapsedMs } = this.#options;
    if (maxRequestsPerSecond === null) return true;
    const earlyMs = this.#nextMs - elapsedMs() - aheadMs;
    if (earlyMs <= 0) return true;
    this.#timer ??= setTimeout(
      () => {
        this.#timer = null;
        this.#look();
      },
      Math.min(earlyMs, 1_000),
    ).unref();
    return false;
  }

  #grant(request: WorkerRequest): void {
    const { maxRequestsPerSecond: rate, journal, elapsedMs } = this.#options;
    const { wanted } = permitRequest.parse(request.payload) satisfies PermitRequest;
    const everyMs = rate === null ? 0 : (1_000 * spacingMargin) / rate;
    const most = rate === null ? mostOfLease : Math.max(1, Math.min(mostOfLease, Math.floor(leaseMs / everyMs)));
    // Near the end, leases are small, so that few wait for what others hold.
    const share = Number.isFinite(this.#left) ? Math.max(1, Math.ceil(this.#left / 10)) : most;
    const count = Math.min(wanted, most, share, this.#left);
    const firstMs = Math.max(elapsedMs() + leadMs, this.#nextMs);
    this.#nextMs = firstMs + count * everyMs;
    this.#left -= count;
    this.#held.set(request.worker, (this.#held.get(request.worker) ?? 0) + count);
    const left = Number.isFinite(this.#left) ? this.#left : null;
    journal.share({ scope, key: "state", value: { left, held: [...this.#held] } satisfies Stored });
    request.respond(grant(count, firstMs, everyMs));
  }

  #finish(): void {
    for (const request of this.#waiting) request.respond({ ...grant(0, 0, 0), isOver: true });
    this.#waiting.clear();
    if (this.#isOver) return;
    this.#isOver = true;
    let uncertain = 0;
    for (const count of this.#held.values()) uncertain += count;
    this.#options.used(uncertain);
  }
}

function grant(count: number, firstMs: number, everyMs: number): PermitResponse {
  return { count, firstMs, everyMs, isOver: false };
}
