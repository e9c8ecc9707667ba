import type { AskedRequest } from "./asked-request.ts";
import { type ExchangeOwner, MeasuredExchange } from "./exchange.ts";

/** The value of `iteration` for a request whose response is streamed, or that reconnects a stream. */
const detached = -1;

/**
 * The open requests of one user: a linked list through the exchanges themselves, because there is nearly always just
 * one. An ended exchange is kept for the next request.
 */
export class OpenExchanges {
  #first: MeasuredExchange | null = null;
  #spare: MeasuredExchange | null = null;
  #isOver = false;
  /** The number of open requests. */
  size = 0;
  /** The number of open requests that began in the current iteration. */
  #ofIteration = 0;
  #iteration = 0;
  /** The number of open requests whose responses are streamed. */
  #streamed = 0;

  /** Returns an exchange for a new request and adds it to the list. */
  take(owner: ExchangeOwner, asked: AskedRequest): MeasuredExchange {
    const exchange = this.#spare ?? new MeasuredExchange(owner, asked);
    if (exchange === this.#spare) exchange.restart(asked);
    this.#spare = null;
    exchange.iteration = this.#iteration;
    this.size++;
    this.#ofIteration++;
    this.#add(exchange);
    return exchange;
  }

  #add(exchange: MeasuredExchange): void {
    exchange.nextOpen = this.#first;
    if (this.#first !== null) this.#first.previousOpen = exchange;
    this.#first = exchange;
  }

  remove(exchange: MeasuredExchange): void {
    const { nextOpen, previousOpen } = exchange;
    if (nextOpen !== null) nextOpen.previousOpen = previousOpen;
    if (previousOpen !== null) previousOpen.nextOpen = nextOpen;
    else if (this.#first === exchange) this.#first = nextOpen;
    exchange.nextOpen = null;
    exchange.previousOpen = null;
    if (exchange.iteration === detached) this.#streamed--;
    this.size--;
    if (exchange.iteration === this.#iteration) this.#ofIteration--;
    exchange.clear();
    this.#spare?.forget();
    this.#spare = exchange;
    if (this.#isOver) exchange.forget();
  }

  /** Detaches a request from its iteration: from now on the test reads the response, in this iteration or beyond it. */
  detach(exchange: MeasuredExchange): void {
    if (exchange.iteration === detached) return;
    if (exchange.iteration === this.#iteration) this.#ofIteration--;
    exchange.iteration = detached;
    this.#streamed++;
  }

  /**
   * Begins the next iteration. Returns how many requests of the previous one are still open. Streamed responses that the test
   * does not read are abandoned.
   */
  beginIteration(): number {
    if (this.#streamed > 0) this.#each((exchange) => exchange.abandonUnread());
    const left = this.#ofIteration;
    this.#ofIteration = 0;
    this.#iteration++;
    return left;
  }

  /** Aborts all open requests; no more may follow. Each removes itself from the list. */
  abort(reason: Error): void {
    this.#isOver = true;
    this.#spare?.forget();
    this.#each((exchange) => exchange.abort(reason));
  }

  /** Calls `act`, which may remove the exchange that it gets. */
  #each(act: (exchange: MeasuredExchange) => void): void {
    for (let exchange = this.#first; exchange !== null; ) {
      const next = exchange.nextOpen;
      act(exchange);
      exchange = next;
    }
  }
}
