import { InvalidValue } from "../../core/invalid-value.ts";

export interface RunRequestOptions {
  /** The longest wait for the response; without it, the request waits until the run has ended for this worker. */
  readonly timeoutMs?: number;
  /** Cancels the request. */
  readonly signal?: AbortSignal;
}

/** Requests of this worker to the master, for data that all workers of a run share. */
export interface RunRequests {
  /**
   * Sends a request and resolves to the value of the response. The request survives a lost connection and a restarted master:
   * it is answered once.
   * @param name the name of the handler on the master
   * @param payload an object of JSON values, at most 1,000,000 characters
   * @throws RunRequestError when the master refuses it, after `timeoutMs`, and when the run has ended
   */
  ask(name: string, payload: Record<string, unknown>, options?: RunRequestOptions): Promise<unknown>;
}

/**
 * A request to the master was not answered with a value. `code` is that of the master's handler, or `timeout`,
 * `cancelled`, `too-many`, `too-large`, or `run-ended`.
 */
export class RunRequestError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = "RunRequestError";
    this.code = code;
  }
}

let current: RunRequests | null = null;

/** Sets the receiver of requests; null when there is no run. */
export function useRunRequests(next: RunRequests | null): void {
  current = next;
}

/**
 * Returns the receiver of requests.
 * @param call the function of the test that needs it, for the error
 * @throws InvalidValue without a run
 */
export function runRequests(call: string): RunRequests {
  if (current !== null) return current;
  throw new InvalidValue(
    `${call} needs a run: call it in a task, a hook or setup, not at the top level of the test file`,
  );
}
