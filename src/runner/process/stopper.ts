const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Calls `act` for every SIGINT, SIGTERM and SIGHUP in place of dying of it. Returns what restores the default. */
export function onSignals(act: (signal: string) => void): () => void {
  const listener = (signal: string) => act(signal);
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}

/** What a signal stops. */
export interface Stoppable {
  stop(signal: string): void;
}

/**
 * Passes signals on to what carries out a run. One that comes before there is one is kept for it; with a second nobody waits
 * for it any longer, as the test's own code may be what keeps it from coming.
 */
export class Stopper {
  #target: Stoppable | null = null;
  #early: string | null = null;
  readonly #giveUp: (signal: string) => void;

  constructor(giveUp: (signal: string) => void) {
    this.#giveUp = giveUp;
  }

  stop(signal: string): void {
    if (this.#target !== null) this.#target.stop(signal);
    else if (this.#early !== null) this.#giveUp(signal);
    else this.#early = signal;
  }

  attach(target: Stoppable): void {
    this.#target = target;
    if (this.#early !== null) target.stop(this.#early);
  }
}
