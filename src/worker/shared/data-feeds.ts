import type { DataFeeds, DeclaredData } from "../../scenario/shared/data.ts";
import type { RunRequests } from "../../scenario/shared/run-requests.ts";
import { DataFeed, reportEveryMs } from "./data-feed.ts";
import { UserRows } from "./user-rows.ts";

/** The data sources of a test on this worker. A source that is not used costs nothing. */
export class WorkerDataFeeds implements DataFeeds {
  readonly #requests: RunRequests;
  readonly #shared = new Map<string, DataFeed>();
  readonly #perUser = new Map<string, UserRows>();
  #timer: NodeJS.Timeout | null = null;

  constructor(requests: RunRequests) {
    this.#requests = requests;
  }

  /** Whether no row was ever taken. */
  get isIdle(): boolean {
    return this.#shared.size === 0 && this.#perUser.size === 0;
  }

  take(declared: DeclaredData, user: number | null): Promise<unknown> {
    return user === null ? this.#feedOf(declared).take() : this.#rowsOf(declared).take(user);
  }

  giveBack(declared: DeclaredData, row: object): void {
    this.#feedOf(declared).giveBack(row);
  }

  /** Returns all unused rows to the master. Resolves when the master has accounted for them. Rows can be taken again later. */
  async settle(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await Promise.all([...this.#shared.values(), ...this.#perUser.values()].map((feed) => feed.settle()));
  }

  #feedOf(declared: DeclaredData): DataFeed {
    let feed = this.#shared.get(declared.name);
    if (feed === undefined) {
      feed = new DataFeed(declared, this.#requests);
      this.#shared.set(declared.name, feed);
    }
    this.#watch();
    return feed;
  }

  #rowsOf(declared: DeclaredData): UserRows {
    let rows = this.#perUser.get(declared.name);
    if (rows === undefined) {
      rows = new UserRows(declared, this.#requests);
      this.#perUser.set(declared.name, rows);
    }
    return rows;
  }

  #watch(): void {
    this.#timer ??= setInterval(() => {
      for (const feed of this.#shared.values()) feed.pass();
    }, reportEveryMs).unref();
  }
}
