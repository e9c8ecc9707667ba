import type { NumberRange } from "../../core/ranges.ts";
import { dataResponse } from "../../protocol/data-messages.ts";
import { rowParser } from "../../scenario/data/row-text.ts";
import { DataEmptyError, type DeclaredData } from "../../scenario/shared/data.ts";
import { RunRequestError, type RunRequests } from "../../scenario/shared/run-requests.ts";

/** A worker keeps enough rows ahead for this time, in ms, at its current rate. It requests more when half of them are left. */
const aheadMs = 1_000;
/** The rate is the mean over at least this time, in ms. */
const rateOverMs = 250;
/** The number of rows that a worker keeps ahead before it knows its rate. */
const firstRows = 64;
const mostRows = 10_000;
/** The time between reports of used rows, in ms. If a worker is lost, the rows that it used after its last report are uncertain. */
export const reportEveryMs = 250;
/** The time after which a worker that holds unused rows asks whether other workers need them, in ms. */
const offerEveryMs = 1_000;

/** An empty request. A request lists positions that were used, given back, or returned unused, and the number of rows wanted. */
const nothing = {
  used: [] as readonly NumberRange[],
  back: [] as readonly NumberRange[],
  unused: [] as readonly NumberRange[],
  taken: 0,
  want: 0,
};

/** Consecutive positions that the worker holds, with their rows. */
interface Lot {
  readonly first: number;
  readonly rows: readonly (string | number)[];
  /** The number of these rows that were taken. */
  taken: number;
}

/**
 * The rows of one source on this worker. Rows are requested from the master ahead of need, so a take seldom waits. Each row
 * is used once on this worker, and no other worker gets it.
 */
export class DataFeed {
  readonly #declared: DeclaredData;
  readonly #requests: RunRequests;
  readonly #nowMs: () => number;
  readonly #waiting: PromiseWithResolvers<unknown>[] = [];
  readonly #lots: Lot[] = [];
  /** The number of rows in the lots that were not taken. */
  #available = 0;
  #parse: ((row: string | number) => unknown) | null = null;
  /** Aborts the request for more rows, if there is one. */
  #fetching: AbortController | null = null;
  /** Whether a row was given back that the master may not have known when it answered the latest request for rows. */
  #hasGivenBack = false;
  #isReporting = false;
  /** The changes that the next request reports. */
  #used: NumberRange[] = [];
  #back: NumberRange[] = [];
  #taken = 0;
  #reportedAtMs: number;
  /** The positions of rows that were taken, so that they can be given back. */
  readonly #positions = new WeakMap<object, number>();
  /** The number of rows to keep ahead. */
  #ahead = firstRows;
  /** The number of takes since the rate was last computed. */
  #takes = 0;
  #ratedAtMs: number;

  constructor(declared: DeclaredData, requests: RunRequests, nowMs: () => number = () => performance.now()) {
    this.#declared = declared;
    this.#requests = requests;
    this.#nowMs = nowMs;
    this.#reportedAtMs = nowMs();
    this.#ratedAtMs = nowMs();
  }

  take(): Promise<unknown> {
    this.#takes++;
    if (this.#available > 0) {
      const row = this.#next();
      if (this.#isLow) this.#fetch();
      return Promise.resolve(row);
    }
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.push(waiting);
    this.#fetch();
    return waiting.promise;
  }

  /** @throws RunRequestError if the row was not taken here, or was given back before */
  giveBack(row: object): void {
    const position = this.#positions.get(row);
    if (position === undefined) {
      const where = `data "${this.#declared.name}"`;
      throw new RunRequestError(
        "unknown-row",
        `${where}: only a row that take returned can be given back, and only once`,
      );
    }
    this.#positions.delete(row);
    add(this.#back, position);
    this.#hasGivenBack = true;
  }

  /** Reports the rows that were used or given back, and offers the unused ones. Call it a few times a second. */
  pass(): void {
    const sinceMs = this.#nowMs() - this.#reportedAtMs;
    const isDue = this.#hasNews ? sinceMs >= reportEveryMs : this.#available > 0 && sinceMs >= offerEveryMs;
    if (isDue && !this.#isReporting) void this.#report();
  }

  /** Returns all unused rows to the master. Resolves when the master has accounted for them. */
  async settle(): Promise<void> {
    this.#fetching?.abort();
    this.#fetching = null;
    for (const { reject } of this.#waiting.splice(0)) reject(new RunRequestError("run-ended", "the run has ended"));
    await this.#report(this.#unused());
  }

  get #hasNews(): boolean {
    return this.#used.length > 0 || this.#back.length > 0 || this.#taken > 0;
  }

  get #isLow(): boolean {
    return this.#available < Math.max(1, this.#ahead / 2);
  }

  #next(): unknown {
    const [lot] = this.#lots;
    if (lot === undefined) throw new RangeError("no row is left");
    const position = lot.first + lot.taken;
    const text = lot.rows[lot.taken++];
    if (lot.taken === lot.rows.length) this.#lots.shift();
    this.#available--;
    const isOnce = this.#declared.use === "once";
    if (isOnce) add(this.#used, position);
    else this.#taken++;
    const row = this.#parse?.(text as string | number);
    if (isOnce && typeof row === "object" && row !== null) this.#positions.set(row, position);
    return row;
  }

  #fetch(): void {
    if (this.#fetching !== null) return;
    const fetching = new AbortController();
    this.#fetching = fetching;
    this.#look();
    // The master answers "empty" only when it knows that this worker has used all rows that it holds.
    if (this.#available === 0 && this.#hasNews) void this.#report();
    this.#hasGivenBack = this.#back.length > 0;
    const want = Math.min(mostRows, Math.max(1, this.#ahead - this.#available) + this.#waiting.length);
    this.#request({ ...nothing, want }, fetching.signal).then(
      (isEmpty) => this.#fetched(fetching, isEmpty),
      (error: unknown) => {
        if (this.#fetching !== fetching) return;
        this.#fetching = null;
        for (const { reject } of this.#waiting.splice(0)) reject(error);
      },
    );
  }

  #fetched(fetching: AbortController, isEmpty: boolean): void {
    if (this.#fetching !== fetching) return;
    this.#fetching = null;
    while (this.#available > 0 && this.#waiting.length > 0) {
      const waiting = this.#waiting.shift();
      try {
        waiting?.resolve(this.#next());
      } catch (error) {
        waiting?.reject(error);
      }
    }
    if (isEmpty && !this.#hasGivenBack) {
      const { name, whenEmpty } = this.#declared;
      for (const { reject } of this.#waiting.splice(0)) reject(new DataEmptyError(name, whenEmpty));
    } else if (this.#waiting.length > 0) this.#fetch();
  }

  /** Reports the changes since the last report. It is never cancelled, so that the master learns of each position once. */
  async #report(unused: readonly NumberRange[] = []): Promise<void> {
    const news = { used: this.#used, back: this.#back, taken: this.#taken, unused, want: 0 };
    this.#used = [];
    this.#back = [];
    this.#taken = 0;
    this.#reportedAtMs = this.#nowMs();
    this.#isReporting = true;
    try {
      await this.#request(news);
    } catch {
      // The run has ended without this worker: the master counts its rows as uncertain.
    } finally {
      this.#isReporting = false;
    }
  }

  /** Sends a request and stores the rows of the response. Resolves to true if no row is left. */
  async #request(news: typeof nothing, signal?: AbortSignal): Promise<boolean> {
    const payload = { source: this.#declared.name, ...news };
    const answer = dataResponse.parse(
      await this.#requests.ask("data", payload, signal === undefined ? {} : { signal }),
    );
    this.#parse ??= this.#parserOf(answer.format, answer.head);
    let at = 0;
    for (const [first, end] of answer.ranges) {
      this.#lots.push({ first, rows: answer.rows.slice(at, at + end - first), taken: 0 });
      at += end - first;
    }
    this.#available += at;
    if (answer.isWanted && this.#available > 0) void this.#report(this.#unused());
    return answer.isEmpty;
  }

  /** Removes all rows that were not taken, and returns their positions. */
  #unused(): NumberRange[] {
    const unused = this.#lots.map(({ first, taken, rows }): NumberRange => [first + taken, first + rows.length]);
    this.#lots.length = 0;
    this.#available = 0;
    return this.#declared.use === "once" ? unused : [];
  }

  #parserOf(format: "csv" | "json" | null, head: string): (row: string | number) => unknown {
    const { rows } = this.#declared;
    if (rows !== null) return (number) => rows[number as number];
    const parse = rowParser(format ?? "json", head);
    return (text) => parse(String(text));
  }

  /** Computes the number of rows to keep ahead. */
  #look(): void {
    const elapsedMs = this.#nowMs() - this.#ratedAtMs;
    if (elapsedMs >= rateOverMs) {
      this.#ahead = Math.min(mostRows, Math.max(1, Math.ceil((this.#takes / elapsedMs) * aheadMs)));
      this.#takes = 0;
      this.#ratedAtMs += elapsedMs;
    } else if (this.#waiting.length > 0) this.#ahead = Math.min(mostRows, this.#ahead * 2);
  }
}

/** Adds a position to a list of ranges; positions mostly come in ascending order. */
function add(ranges: NumberRange[], position: number): void {
  const last = ranges.at(-1);
  if (last !== undefined && last[1] === position) last[1]++;
  else ranges.push([position, position + 1]);
}
