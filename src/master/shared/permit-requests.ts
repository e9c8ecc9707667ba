import { type PermitResponse, permitRequest } from "../../protocol/permit-messages.ts";
import type { SharedRecord } from "../../store/batch.ts";
import { type Holding, PermitHolders } from "./permit-holders.ts";
import type { RequestHandler, WorkerRequest } from "./worker-requests.ts";

/** The time between two permits is longer by this factor, so that no second has too many where some take longer on their way. */
const spacingMargin = 1.1;
/** Permits begin so long after they are granted, which is when they have arrived. */
const leadMs = 60;
/** A lease covers this time at most: what a lost worker on another machine holds is not granted again. */
const leaseMs = 100;
const mostOfLease = 1_000;
/** The next lease begins at most so far in the future. */
const aheadMs = 250;
/** How long after the loss of a worker on this machine the end of its process may be noticed. */
const endTimeoutMs = 10_000;
const scope = "permits";

export interface PermitOptions {
  /** The most requests; null for no limit. */
  readonly most: number | null;
  readonly maxRequestsPerSecond: number | null;
  readonly shared: readonly SharedRecord[];
  readonly journal: { share(record: SharedRecord): void };
  /** Whether the end of the process of a worker will be told by `ended`. */
  watches(worker: number): boolean;
  /** The time of the run. */
  elapsedMs(): number;
  /** Called once, when all requests have been made. */
  used(uncertain: number): void;
}

/** What is stored. */
interface Stored {
  readonly left: number | null;
  readonly holdings: readonly Holding[];
}

/**
 * Grants permits for requests to the workers of a run: each is used for one request, or returned. Together they are never more than
 * `most`. With `maxRequestsPerSecond`, each has a time of its own on the clock of the run, and those of all workers are evenly spaced.
 * What a lost worker holds may have been used: it is granted again only if its process has ended and it is known what that has used.
 */
export class PermitRequests implements RequestHandler {
  readonly #options: PermitOptions;
  /** The permits that can be granted; infinite without a limit. */
  #left: number;
  readonly #holders = new PermitHolders();
  /** Requests that nothing could be granted to, in their order. */
  readonly #waiting = new Map<WorkerRequest, number>();
  /** Lost workers on this machine whose process may still end, by their number. */
  readonly #ending = new Map<number, NodeJS.Timeout>();
  #nextMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  #isOver = false;

  constructor(options: PermitOptions) {
    this.#options = options;
    const stored = options.shared.find((record) => record.scope === scope)?.value as Stored | undefined;
    this.#left = options.most ?? Number.POSITIVE_INFINITY;
    if (stored === undefined) return;
    this.#left = stored.left ?? Number.POSITIVE_INFINITY;
    this.#holders.restore(stored.holdings);
    // What the last master has granted may still be used.
    this.#nextMs = options.elapsedMs() + aheadMs + leaseMs + leadMs;
  }

  /** How many requests were made, or may have been. */
  get made(): number {
    return this.#holders.made;
  }

  handle(request: WorkerRequest): void {
    const { used, unused, wanted } = permitRequest.parse(request.payload);
    this.#left += this.#holders.reported(request.worker, used, unused);
    // What a process has sent before it ended may arrive later.
    const wants = !this.#holders.hasEnded(request.worker) && wanted > 0;
    if (wants) this.#waiting.set(request, wanted);
    this.#share();
    if (!wants) request.respond(grant(0, 0, 0));
    this.#look();
  }

  /** The worker does not use what it was granted. */
  cancelled(request: WorkerRequest, value: unknown): void {
    this.#waiting.delete(request);
    if (value !== undefined && value !== null)
      this.#left += this.#holders.returned(request.worker, (value as PermitResponse).count);
    this.#look();
  }

  lost(worker: number): void {
    for (const request of this.#waiting.keys()) if (request.worker === worker) this.#waiting.delete(request);
    if (!this.#options.watches(worker)) this.#holders.lose(worker);
    else {
      this.#awaitNoEnd(worker);
      this.#ending.set(worker, setTimeout(() => this.#giveUp(worker), endTimeoutMs).unref());
    }
    this.#look();
  }

  returned(worker: number): void {
    this.#awaitNoEnd(worker);
    this.#holders.find(worker);
  }

  /** The process of the worker has ended, and had used so many permits; null if nobody knows. */
  ended(worker: number, used: number | null): void {
    this.#awaitNoEnd(worker);
    for (const request of this.#waiting.keys()) if (request.worker === worker) this.#waiting.delete(request);
    if (used === null) this.#holders.lose(worker);
    else this.#left += this.#holders.end(worker, used);
    this.#share();
    this.#look();
  }

  /** The process of a lost worker has not ended: nobody knows what it sends. */
  #giveUp(worker: number): void {
    this.#ending.delete(worker);
    this.#holders.lose(worker);
    this.#look();
  }

  #awaitNoEnd(worker: number): void {
    clearTimeout(this.#ending.get(worker));
    this.#ending.delete(worker);
  }

  #look(): void {
    for (const [request, wanted] of this.#waiting) {
      if (this.#left <= 0 || !this.#isDue()) break;
      this.#waiting.delete(request);
      this.#grant(request, wanted);
    }
    if (this.#left <= 0 && this.#holders.live === 0) this.#finish();
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

  #grant(request: WorkerRequest, wanted: number): void {
    const { maxRequestsPerSecond: rate, elapsedMs } = this.#options;
    const everyMs = rate === null ? 0 : (1_000 * spacingMargin) / rate;
    const most = rate === null ? mostOfLease : Math.max(1, Math.min(mostOfLease, Math.floor(leaseMs / everyMs)));
    // Near the end, leases are small, so that few wait for what others hold.
    const share = Number.isFinite(this.#left) ? Math.max(1, Math.ceil(this.#left / 10)) : most;
    const count = Math.min(wanted, most, share, this.#left);
    const firstMs = Math.max(elapsedMs() + leadMs, this.#nextMs);
    this.#nextMs = firstMs + count * everyMs;
    this.#left -= count;
    this.#holders.granted(request.worker, count);
    this.#share();
    request.respond(grant(count, firstMs, everyMs));
  }

  #share(): void {
    const left = Number.isFinite(this.#left) ? this.#left : null;
    const value: Stored = { left, holdings: this.#holders.list() };
    this.#options.journal.share({ scope, key: "state", value });
  }

  #finish(): void {
    for (const request of this.#waiting.keys()) request.respond({ ...grant(0, 0, 0), isOver: true });
    this.#waiting.clear();
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.used(this.#holders.uncertain);
  }
}

function grant(count: number, firstMs: number, everyMs: number): PermitResponse {
  return { count, firstMs, everyMs, isOver: false };
}
