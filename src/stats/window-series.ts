import { countsInTotals } from "../core/measure-kind.ts";
import type { IntervalReport } from "./interval-report.ts";
import type { UserSecond } from "./users-by-second.ts";
import type { StoredWindow } from "./windows.ts";

/** The number of windows for which late reports still count. */
const keptWindows = 120;
const windowMs = 1_000;

type SeriesReport = Pick<IntervalReport, "window" | "windowCount" | "endpoints" | "users" | "peakUsers">;
type SecondUsers = Omit<UserSecond, "atMs">;

const noUsers: SecondUsers = { peakUsers: 0, users: [] };

interface Second {
  requests: number;
  failures: number;
  peakUsers: number;
  readonly users: Map<string, number>;
}

/** The latest windows of all workers together, for rates and for the highest number of users. */
export class WindowSeries {
  readonly #windows = new Map<number, Second>();
  readonly #peaks = new Map<string, number>();
  #newest = 0;
  peakUsers = 0;

  /** Adds a report. A report of several windows counts in each of them: its users in full, its requests in equal parts. */
  add(report: SeriesReport): void {
    this.#add(report, () => report);
  }

  /** Adds a stored window of a run that is resumed. */
  addStored({ startMs, widthMs, userSeconds, ...window }: StoredWindow): void {
    const seconds = new Map(userSeconds?.map((second) => [second.atMs / windowMs, second]));
    const usersAt = (position: number) => (userSeconds === undefined ? window : (seconds.get(position) ?? noUsers));
    this.#add({ ...window, window: startMs / windowMs, windowCount: widthMs / windowMs }, usersAt);
  }

  #add({ window: first, windowCount, endpoints }: SeriesReport, usersAt: (position: number) => SecondUsers): void {
    const end = first + windowCount;
    this.#newest = Math.max(this.#newest, end - 1);
    let [requests, failures] = [0, 0];
    for (const endpoint of endpoints.filter(countsInTotals)) {
      requests += endpoint.requests;
      for (const { count } of endpoint.failures) failures += count;
    }
    for (let position = Math.max(first, this.#newest - keptWindows + 1); position < end; position++) {
      const window = this.#window(position);
      window.requests += requests / windowCount;
      window.failures += failures / windowCount;
      this.#addUsers(window, usersAt(position));
    }
  }

  /** The number of users in the newest window. */
  get latestUsers(): number {
    return this.#windows.get(this.#newest)?.peakUsers ?? 0;
  }

  /** The highest number of users of each class at the same time. */
  get peaks(): ReadonlyMap<string, number> {
    return this.#peaks;
  }

  /**
   * The requests and failures per second over the `count` windows before `end`. A window without reports counts as zero, so
   * that the rate falls when the traffic does.
   */
  ratesBefore(end: number, count: number): { requestsPerSecond: number; failuresPerSecond: number } {
    const first = Math.max(0, end - count);
    const seconds = Math.max(1, end - first);
    let requests = 0;
    let failures = 0;
    for (let position = first; position < end; position++) {
      const window = this.#windows.get(position);
      requests += window?.requests ?? 0;
      failures += window?.failures ?? 0;
    }
    return { requestsPerSecond: requests / seconds, failuresPerSecond: failures / seconds };
  }

  /**
   * Adds users as `UsersBySecond` does: the peaks of classes need not coincide, but the peaks of workers within one second are
   * assumed to coincide.
   */
  #addUsers(window: Second, { peakUsers, users }: SecondUsers): void {
    for (const { className, count } of users) {
      const sum = (window.users.get(className) ?? 0) + count;
      window.users.set(className, sum);
      this.#peaks.set(className, Math.max(sum, this.#peaks.get(className) ?? 0));
    }
    window.peakUsers += peakUsers;
    this.peakUsers = Math.max(this.peakUsers, window.peakUsers);
  }

  #window(position: number): Second {
    let window = this.#windows.get(position);
    if (window === undefined) {
      window = { requests: 0, failures: 0, peakUsers: 0, users: new Map() };
      this.#windows.set(position, window);
      for (const old of this.#windows.keys()) if (old <= this.#newest - keptWindows) this.#windows.delete(old);
    }
    return window;
  }
}
