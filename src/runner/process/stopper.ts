import { ignoresHangUp } from "./hang-up.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Calls `act` for each SIGINT, SIGTERM and SIGHUP instead of ending the process. A SIGHUP does nothing if the process was
 * started with it ignored (`nohup`). Returns a function that restores the default.
 */
export function onSignals(act: (signal: string) => void): () => void {
  const ignored = ignoresHangUp() ? "SIGHUP" : null;
  const listener = (signal: string) => {
    if (signal !== ignored) act(signal);
  };
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}

/** A run or a session that a signal stops. */
export interface Stoppable {
  stop(signal: string): void;
}

/**
 * Passes signals to the run or the session. A signal that comes before it has started is passed when it starts. A second one
 * before that calls `giveUp`, because the code of the test may block the start forever.
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
