/** An error in muster's own code, as seen by the request or user that it ended. */
export class ContainedDefect extends Error {
  readonly code = "MUSTER_DEFECT";

  constructor(cause: unknown) {
    super(`a defect in muster: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)}`, {
      cause,
    });
    this.name = "ContainedDefect";
  }
}

/**
 * Reports errors in muster's own code that were contained: one request has failed or one user has ended, and all else
 * continues. Without a listener, such an error is thrown as an uncaught exception.
 */
class Defects {
  #listener: ((defect: ContainedDefect) => void) | null = null;

  /** Sets the one listener, which replaces the previous one; null for none. */
  listen(listener: ((defect: ContainedDefect) => void) | null): void {
    this.#listener = listener;
  }

  /** Reports the error. Returns the defect that the affected request or user fails with. */
  contain(error: unknown): ContainedDefect {
    const defect = error instanceof ContainedDefect ? error : new ContainedDefect(error);
    const listener = this.#listener;
    if (listener !== null) listener(defect);
    else
      queueMicrotask(() => {
        throw defect;
      });
    return defect;
  }
}

export const defects = new Defects();
