/** An error in muster's own code, as the request sees it that failed of it. */
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
 * Told of errors in muster's own code that were caught where all else can carry on: one request has failed, or one user
 * has ended. Without a listener such an error is thrown where nobody catches it.
 */
class Defects {
  #listener: ((defect: ContainedDefect) => void) | null = null;

  /** The last listener hears of all; null for none. */
  listen(listener: ((defect: ContainedDefect) => void) | null): void {
    this.#listener = listener;
  }

  /** Returns what fails the request or the user that it was about. */
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
