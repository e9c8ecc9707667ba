import { rowAt } from "../../core/row-order.ts";
import { type RowsResponse, rowsResponse } from "../../protocol/data-messages.ts";
import { rowParser } from "../../scenario/data/row-text.ts";
import { DataEmptyError, type DeclaredData } from "../../scenario/shared/data.ts";
import type { RunRequests } from "../../scenario/shared/run-requests.ts";

/** The number of rows that are requested ahead for one user. */
const rowsAhead = 8;

/** The properties of a source, as the master reports them. */
interface Facts {
  readonly count: number;
  readonly seed: number;
  readonly parse: (row: string | number) => unknown;
}

/** The progress of one user through the rows. */
interface Way {
  /** The position of the next row to take. */
  next: number;
  /** The rows from `next` on that have been received or requested. */
  readonly ahead: Promise<unknown>[];
}

/** The rows of a source that each user goes through on its own. Positions are counted here; the master only reads rows. */
export class UserRows {
  readonly #declared: DeclaredData;
  readonly #requests: RunRequests;
  readonly #ways = new Map<number, Way>();
  #facts: Promise<Facts> | null = null;
  #taken = 0;

  constructor(declared: DeclaredData, requests: RunRequests) {
    this.#declared = declared;
    this.#requests = requests;
  }

  async take(user: number): Promise<unknown> {
    this.#facts ??= this.#askFacts().catch((error: unknown) => {
      this.#facts = null;
      throw error;
    });
    const facts = await this.#facts;
    let way = this.#ways.get(user);
    if (way === undefined) {
      way = { next: 0, ahead: [] };
      this.#ways.set(user, way);
    }
    const { name, use, whenEmpty } = this.#declared;
    if (use === "once" && way.next >= facts.count) throw new DataEmptyError(name, whenEmpty);
    if (way.ahead.length <= rowsAhead / 2) this.#extend(way, user, facts);
    const row = way.ahead.shift();
    way.next++;
    this.#taken++;
    return await row;
  }

  /** Reports the number of rows that were taken. */
  async settle(): Promise<void> {
    const taken = this.#taken;
    this.#taken = 0;
    const payload = { source: this.#declared.name, used: [], back: [], unused: [], taken, want: 0 };
    await this.#requests.ask("data", payload).catch(() => {});
  }

  #extend(way: Way, user: number, facts: Facts): void {
    const { order, use, rows } = this.#declared;
    const from = way.next + way.ahead.length;
    const end = use === "once" ? Math.min(facts.count, from + rowsAhead) : from + rowsAhead;
    const numbers: number[] = [];
    for (let position = from; position < end; position++) {
      numbers.push(rowAt(order, position, facts.count, facts.seed + user));
    }
    if (numbers.length === 0) return;
    if (rows !== null) {
      way.ahead.push(...numbers.map((number) => Promise.resolve(rows[number])));
      return;
    }
    const texts = this.#ask(numbers).then(({ rows: found }) => found);
    for (const position of numbers.keys()) {
      const row = texts.then((found) => facts.parse(found[position] ?? ""));
      // The user may end before it takes the row.
      row.catch(() => {});
      way.ahead.push(row);
    }
  }

  async #askFacts(): Promise<Facts> {
    const { count, seed, format, head } = await this.#ask([]);
    return { count, seed, parse: rowParser(format ?? "json", head) as Facts["parse"] };
  }

  async #ask(numbers: readonly number[]): Promise<RowsResponse> {
    return rowsResponse.parse(await this.#requests.ask("rows", { source: this.#declared.name, numbers }));
  }
}
