import { permitResponse } from "../../../protocol/permit-messages.ts";
import type { RunRequests } from "../../../scenario/shared/run-requests.ts";

/** A request that waits for a permit. */
export interface PermitWait {
  /** Its permit has come. */
  permitted(nowMs: number): void;
  /** There will be none. */
  refused(): void;
}

/** A permit that is used later than this after its time is returned: a worker that stood still must not make up for it. */
const graceMs = 20;
/** More permits are requested when those that are left end so soon. */
const aheadMs = 100;
/** What is not used for so long is returned. */
const idleMs = 250;

interface Lease {
  count: number;
  nextMs: number;
  readonly everyMs: number;
  readonly receivedMs: number;
}

/**
 * The permits of one worker. They are granted by the master in leases, because a message for each request would limit the load. A
 * permit with a time is used then, or returned.
 */
export class Permits {
  readonly #requests: Pick<RunRequests, "ask">;
  readonly #runMs: () => number;
  readonly #tally: { write(used: number): void } | null;
  readonly #waiting = new Set<PermitWait>();
  readonly #leases: Lease[] = [];
  /** Since the start of the run. */
  #used = 0;
  #unused = 0;
  /** What of both the master has been told. */
  #reported = 0;
  /** Ends the request for more permits; null while there is none. */
  #asking: AbortController | null = null;
  #isReporting = false;
  #isOver = false;
  #timer: NodeJS.Timeout | null = null;
  #report: NodeJS.Immediate | null = null;

  /**
   * @param runMs the time of the run
   * @param tally where the permits that are used are counted, too; null for nowhere
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

  /** Calls `waiting` now or later. */
  await(waiting: PermitWait): void {
    if (this.#isOver) {
      waiting.refused();
      return;
    }
    this.#waiting.add(waiting);
    this.#look();
  }

  /** The request no longer waits. */
  leave(waiting: PermitWait): void {
    this.#waiting.delete(waiting);
  }

  /** A request that was permitted is about to be sent, or will never be. */
  use(): void {
    this.#used++;
    this.#tally?.write(this.#used);
    // Others may wait for it, if it is the last.
    if (this.#leases.length > 0 || this.#report !== null) return;
    this.#report = setImmediate(() => {
      this.#report = null;
      this.#look();
    });
  }

  /** All users have ended: the master learns what was used, and gets the rest back. */
  async end(): Promise<void> {
    this.#end();
    // What is still granted goes back to the master.
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

  /** Takes a permit whose time has come. Returns false if there is none. */
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

  /** Nobody waits: permits whose time has passed, or that nobody has used for a while, are returned. */
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
        () => this.#end(),
      );
    } else if (!this.#isReporting && held === 0 && this.#unreported > 0) {
      // Others may wait for what this worker has not used, also while it asks for more.
      this.#isReporting = true;
      this.#send(0).then(
        () => {
          this.#isReporting = false;
          this.#look();
        },
        () => this.#end(),
      );
    }
  }

  /** How many permits to ask for. */
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
      // It was on its way when the users ended.
      this.#unused += count;
      if (this.#unreported > 0) this.#send(0).catch(() => {});
      return;
    }
    if (count > 0) this.#leases.push({ count, nextMs: firstMs, everyMs, receivedMs: this.#runMs() });
    if (isOver) this.#end();
    else this.#look();
  }

  /** All requests were made, or the run has ended for this worker: no request may be sent without a permit. */
  #end(): void {
    this.#isOver = true;
    for (const waiting of [...this.#waiting]) {
      this.#waiting.delete(waiting);
      waiting.refused();
    }
  }
}
