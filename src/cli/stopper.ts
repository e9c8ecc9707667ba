/** What a signal stops. */
export interface Stoppable {
  stop(signal: string): void;
}

/** Passes signals on to what carries out a run; those that come before there is one are kept for it. */
export class Stopper {
  #target: Stoppable | null = null;
  readonly #early: string[] = [];

  stop(signal: string): void {
    if (this.#target === null) this.#early.push(signal);
    else this.#target.stop(signal);
  }

  attach(target: Stoppable): void {
    this.#target = target;
    for (const signal of this.#early.splice(0)) target.stop(signal);
  }
}
