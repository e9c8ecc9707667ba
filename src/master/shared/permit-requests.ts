import { type PermitResponse, permitRequest } from "../../protocol/permit-messages.ts";
import type { SharedRecord } from "../../store/batch.ts";
import { type Holding, PermitHolders } from "./permit-holders.ts";
import type { RequestHandler, WorkerRequest } from "./worker-requests.ts";

/**
 * The time between two permits is longer by this factor, so that no second has too many requests even if some take
 * longer on their way.
 */
const spacingMargin = 1.1;
/** The first permit of a lease is valid this long after the grant or later, when the worker has received the lease. */
const leadMs = 60;
/**
 * The longest time that a lease covers. It is short because the permits of a lost worker on another machine are not
 * granted again.
 */
const leaseMs = 100;
const mostOfLease = 1_000;
/** A lease is granted at most this long before its first permit is valid. */
const aheadMs = 250;
/** How long the master waits for the end of the process of a lost worker on this machine. */
const endTimeoutMs = 10_000;
const scope = "permits";

export interface PermitOptions {
  /** The maximum number of requests; null for no limit. */
  readonly most: number | null;
  readonly maxRequestsPerSecond: number | null;
  readonly shared: readonly SharedRecord[];
  /** The numbers of the workers of a resumed run that were lost or had left before: no event reports it again. */
  readonly lostBefore?: readonly number[];
  readonly journal: { share(record: SharedRecord): void };
  /** Whether `ended` will be called when the process of the worker ends. */
  watches(worker: number): boolean;
  /** The time of the run. */
  elapsedMs(): number;
  /**
   * Called once, when no permits are left and all of them are used. `uncertain`: the permits that lost workers hold.
   */
  used(uncertain: number): void;
}

/** The stored state of the permits. */
interface Stored {
  readonly left: number | null;
  readonly holdings: readonly Holding[];
}

/**
 * Grants permits for requests to the workers of a run. Each permit is used for one request, or returned. At most `most`
 * permits are used in all. With `maxRequestsPerSecond`, each permit has its own time on the clock of the run, and the
 * permits of all workers are evenly spaced. The permits of a lost worker may have been used: they are granted again
 * only if its process has ended and the number that it used is known.
 */
export class PermitRequests implements RequestHandler {
  readonly #options: PermitOptions;
  /** The permits that can be granted; infinite without a limit. */
  #left: number;
  readonly #holders = new PermitHolders();
  /** The requests that wait for permits, in order. */
  readonly #waiting = new Map<WorkerRequest, number>();
  /** The numbers of lost workers. Their requests get no permits until they return, and are not passed on again then. */
  readonly #away = new Set<number>();
  /** The timers for lost workers on this machine whose process may still end, by the number of the worker. */
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
    for (const worker of options.lostBefore ?? []) this.#holders.lose(worker);
    // Permits that the previous master granted may still be used.
    this.#nextMs = options.elapsedMs() + aheadMs + leaseMs + leadMs;
  }

  /** The number of requests that were sent, or may have been sent. */
  get made(): number {
    return this.#holders.made;
  }

  handle(request: WorkerRequest): void {
    const { used, unused, wanted } = permitRequest.parse(request.payload);
    this.#left += this.#holders.reported(request.worker, used, unused);
    // A request may arrive after the end of the process that sent it.
    const wants = !this.#holders.hasEnded(request.worker) && wanted > 0;
    if (wants) this.#waiting.set(request, wanted);
    this.#share();
    if (!wants) request.respond(grant(0, 0, 0));
    this.#look();
  }

  /** Takes back the permits of a response that the worker does not use. */
  cancelled(request: WorkerRequest, value: unknown): void {
    this.#waiting.delete(request);
    if (value !== undefined && value !== null)
      this.#left += this.#holders.returned(request.worker, (value as PermitResponse).count);
    this.#look();
  }

  lost(worker: number): void {
    this.#away.add(worker);
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
    this.#away.delete(worker);
    this.#look();
  }

  /** Handles the end of a worker's process. `used`: the number of permits that it had used; null if unknown. */
  ended(worker: number, used: number | null): void {
    this.#awaitNoEnd(worker);
    for (const request of this.#waiting.keys()) if (request.worker === worker) this.#waiting.delete(request);
    if (used === null) this.#holders.lose(worker);
    else this.#left += this.#holders.end(worker, used);
    this.#share();
    this.#look();
  }

  /** Gives up on the end of a lost worker's process: it may still send requests, so its permits stay uncertain. */
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
      if (this.#away.has(request.worker)) continue;
      if (this.#left <= 0 || !this.#isDue()) break;
      this.#waiting.delete(request);
      this.#grant(request, wanted);
    }
    if (this.#left <= 0 && this.#holders.live === 0) this.#finish();
  }

  /** Whether the next permits can be granted now. If it is too early, schedules another check. */
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
    // Near the end, leases are small, so that few workers wait for permits that others hold.
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
