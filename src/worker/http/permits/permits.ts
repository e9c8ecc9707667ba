import { permitResponse } from "../../../protocol/permit-messages.ts";
import { RunRequestError, type RunRequests } from "../../../scenario/shared/run-requests.ts";

/** A request that waits for a permit. */
export interface PermitWait {
  /** Called when the request has its permit. */
  permitted(nowMs: number): void;
  /** Called when the request will not get a permit. */
  refused(): void;
}

/** A permit that would be used later than this after its time is returned: a worker that was stalled must not catch up. */
const graceMs = 20;
/** More permits are requested when the remaining ones end within this time. */
const aheadMs = 100;
/** Permits that are not used for this time are returned. */
const idleMs = 250;
/** The time until permits are requested again when too many other requests of this worker wait for the master. */
const askAgainMs = 100;

interface Lease {
  count: number;
  nextMs: number;
  readonly everyMs: number;
  readonly receivedMs: number;
}

/**
 * The permits of one worker. They are granted by the master in leases, because a message for each request would limit the
 * load. A permit with a time is used at that time, or returned.
 */
export class Permits {
  readonly #requests: Pick<RunRequests, "ask">;
  readonly #runMs: () => number;
  readonly #tally: { write(used: number): void } | null;
  readonly #waiting = new Set<PermitWait>();
  readonly #leases: Lease[] = [];
  /** The number of permits used since the start of the run. */
  #used = 0;
  #unused = 0;
  /** The sum of used and unused permits that was reported to the master. */
  #reported = 0;
  /** Aborts the open request for more permits; null if there is none. */
  #asking: AbortController | null = null;
  #isReporting = false;
  #isOver = false;
  #timer: NodeJS.Timeout | null = null;
  #report: NodeJS.Immediate | null = null;

  /**
   * @param runMs returns the time since the start of the run
   * @param tally also counts the used permits; null for none
   */
  constructor(
    requests: Pick<RunRequests, "ask">,
    runMs: () => number,
    tally: { write(used: number): void } | null = null,
  ) {
    this.#requests = requests;
    this.#runMs = runMs;
    this.#tally = tally;
  }

  /** Calls `waiting` with the decision, now or later. */
  await(waiting: PermitWait): void {
    if (this.#isOver) {
      waiting.refused();
      return;
    }
    this.#waiting.add(waiting);
    this.#look();
  }

  /** Called when a request no longer waits. */
  leave(waiting: PermitWait): void {
    this.#waiting.delete(waiting);
  }

  /** Called when a request with a permit is about to be sent, or will never be sent. */
  use(): void {
    this.#used++;
    this.#tally?.write(this.#used);
    // If this was the last permit, other workers may wait for this report.
    if (this.#leases.length > 0 || this.#report !== null) return;
    this.#report = setImmediate(() => {
      this.#report = null;
      this.#look();
    });
  }

  /** Called when all users have ended. Reports the used permits to the master, and returns the rest. */
  async end(): Promise<void> {
    this.#end();
    // Permits that are still granted go back to the master.
    this.#asking?.abort();
    for (const { count } of this.#leases.splice(0)) this.#unused += count;
    if (this.#unreported > 0) await this.#send(0).catch(() => {});
  }

  get #unreported(): number {
    return this.#used + this.#unused - this.#reported;
  }

  #look(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const nowMs = this.#runMs();
    for (const waiting of this.#waiting) {
      if (!this.#take(nowMs)) break;
      this.#waiting.delete(waiting);
      waiting.permitted(performance.now());
    }
    if (this.#waiting.size === 0) this.#returnIdle(nowMs);
    this.#ask(nowMs);
    const [lease] = this.#leases;
    if (lease === undefined) return;
    const waitMs = this.#waiting.size > 0 ? lease.nextMs - nowMs : idleMs;
    this.#timer = setTimeout(() => this.#look(), Math.max(1, waitMs)).unref();
  }

  /** Takes a permit whose time has come. Returns false if there is no such permit. */
  #take(nowMs: number): boolean {
    for (let lease = this.#leases[0]; lease !== undefined; lease = this.#leases[0]) {
      const isTimed = lease.everyMs > 0;
      if (isTimed && lease.nextMs > nowMs) return false;
      const isLate = isTimed && nowMs - lease.nextMs > graceMs;
      lease.count--;
      lease.nextMs += lease.everyMs;
      if (lease.count === 0) this.#leases.shift();
      if (!isLate) return true;
      this.#unused++;
    }
    return false;
  }

  /** Called when no request waits. Returns permits whose time has passed, or that were not used for a while. */
  #returnIdle(nowMs: number): void {
    while (this.#leases.length > 0) {
      const lease = this.#leases[0] as Lease;
      const isPast = lease.everyMs > 0 ? nowMs - lease.nextMs > graceMs : nowMs - lease.receivedMs > idleMs;
      if (!isPast) return;
      lease.count--;
      lease.nextMs += lease.everyMs;
      this.#unused++;
      if (lease.count === 0) this.#leases.shift();
    }
  }

  #ask(nowMs: number): void {
    if (this.#isOver) return;
    const held = this.#leases.reduce((sum, { count }) => sum + count, 0);
    const wanted = this.#asking !== null ? 0 : this.#wanted(held, nowMs);
    if (wanted > 0) {
      this.#asking = new AbortController();
      this.#send(wanted, this.#asking.signal).then(
        (value) => {
          this.#asking = null;
          this.#granted(value);
        },
        (error: unknown) => this.#notAnswered(error),
      );
    } else if (!this.#isReporting && held === 0 && this.#unreported > 0) {
      // Other workers may wait for the permits that this worker has not used, even while it asks for more.
      this.#isReporting = true;
      this.#send(0).then(
        () => {
          this.#isReporting = false;
          this.#look();
        },
        (error: unknown) => this.#notAnswered(error),
      );
    }
  }

  /** Called when the run has ended for this worker, or when the requests of its users left no room for one for permits. */
  #notAnswered(error: unknown): void {
    if (!(error instanceof RunRequestError) || error.code !== "too-many") {
      this.#end();
      return;
    }
    this.#asking = null;
    this.#isReporting = false;
    this.#reported = 0;
    this.#timer ??= setTimeout(() => this.#look(), askAgainMs).unref();
  }

  /** Returns how many permits to ask for. */
  #wanted(held: number, nowMs: number): number {
    const last = this.#leases.at(-1);
    const endsMs = last === undefined || last.everyMs === 0 ? 0 : last.nextMs + last.count * last.everyMs;
    return endsMs > nowMs + aheadMs ? 0 : Math.min(1_000, Math.max(0, this.#waiting.size * 2 - held));
  }

  #send(wanted: number, signal?: AbortSignal): Promise<unknown> {
    this.#reported = this.#used + this.#unused;
    const payload = { used: this.#used, unused: this.#unused, wanted };
    return this.#requests.ask("permits", payload, signal === undefined ? {} : { signal });
  }

  #granted(value: unknown): void {
    const { count, firstMs, everyMs, isOver } = permitResponse.parse(value);
    if (this.#isOver) {
      // The grant was on its way when the users ended.
      this.#unused += count;
      if (this.#unreported > 0) this.#send(0).catch(() => {});
      return;
    }
    if (count > 0) this.#leases.push({ count, nextMs: firstMs, everyMs, receivedMs: this.#runMs() });
    if (isOver) this.#end();
    else this.#look();
  }

  /**
   * Refuses all waiting requests: all requests of the limit were made, or the run has ended for this worker. No request may
   * be sent without a permit.
   */
  #end(): void {
    this.#isOver = true;
    for (const waiting of [...this.#waiting]) {
      this.#waiting.delete(waiting);
      waiting.refused();
    }
  }
}
