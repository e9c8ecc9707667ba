import { type Asked, type ExchangeOwner, MeasuredExchange } from "./exchange.ts";

/**
 * What one user has under way: a list through the exchanges themselves, because nearly always there is just one. One that
 * is over is kept for the next request.
 */
export class OpenExchanges {
  #first: MeasuredExchange | null = null;
  #spare: MeasuredExchange | null = null;
  #isOver = false;
  /** How many there are. */
  size = 0;
  /** Those of the present iteration among them. */
  #ofIteration = 0;
  #iteration = 0;

  /** An exchange for a request, which is under way from now on. */
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

  /** Begins the next iteration: how many of the last one are still open. */
  beginIteration(): number {
    const left = this.#ofIteration;
    this.#ofIteration = 0;
    this.#iteration++;
    return left;
  }

  /** Ends all, for good. Each takes itself out of the list. */
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
