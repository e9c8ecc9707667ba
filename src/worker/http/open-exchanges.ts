import { type Asked, type ExchangeOwner, MeasuredExchange } from "./exchange.ts";

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

  /** Returns an exchange for a new request and adds it to the list. */
  take(owner: ExchangeOwner, asked: Asked): MeasuredExchange {
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
    this.size--;
    if (exchange.iteration === this.#iteration) this.#ofIteration--;
    exchange.clear();
    this.#spare?.forget();
    this.#spare = exchange;
    if (this.#isOver) exchange.forget();
  }

  /** Begins the next iteration. Returns how many requests of the previous one are still open. */
  beginIteration(): number {
    const left = this.#ofIteration;
    this.#ofIteration = 0;
    this.#iteration++;
    return left;
  }

  /** Aborts all open requests for good. Each removes itself from the list. */
  abort(reason: Error): void {
    this.#isOver = true;
    this.#spare?.forget();
    for (let exchange = this.#first; exchange !== null; ) {
      const next = exchange.nextOpen;
      exchange.abort(reason);
      exchange = next;
    }
  }
}
