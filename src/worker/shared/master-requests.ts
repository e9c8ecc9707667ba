import { longestTimerMs } from "../../core/duration.ts";
import type { ResponseMessage } from "../../protocol/master-messages.ts";
import { mostRequestLength, mostUnansweredRequests, type RequestMessage } from "../../protocol/worker-messages.ts";
import { RunRequestError, type RunRequestOptions, type RunRequests } from "../../scenario/shared/run-requests.ts";

/** A request that the master has not answered. */
interface OpenRequest {
  readonly message: Extract<RequestMessage, { type: "request" }>;
  /** Settles the promise of the request; null once nothing waits for the response. */
  settle: PromiseWithResolvers<unknown> | null;
  release: () => void;
}

/**
 * The requests of this worker to the master. Each is sent again after every welcome until the master has answered it, so
 * neither a lost connection nor a restarted master loses one; the master answers each once.
 */
export class MasterRequests implements RunRequests {
  readonly #send: (message: RequestMessage) => void;
  readonly #open = new Map<number, OpenRequest>();
  #lastId = 0;
  #ended: RunRequestError | null = null;

  constructor(send: (message: RequestMessage) => void) {
    this.#send = send;
  }

  ask(name: string, payload: Record<string, unknown>, { timeoutMs, signal }: RunRequestOptions = {}): Promise<unknown> {
    const settle = Promise.withResolvers<unknown>();
    const refusal = this.#refusal(name, payload, signal);
    if (refusal !== null) {
      settle.reject(refusal);
      return settle.promise;
    }
    const id = ++this.#lastId;
    const onAbort = () => this.#cancel(id, new RunRequestError("cancelled", `${name}: the request was cancelled`));
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => this.#cancel(id, late(name)), Math.min(timeoutMs, longestTimerMs));
    const release = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    signal?.addEventListener("abort", onAbort);
    const message = { type: "request" as const, id, name, payload };
    this.#open.set(id, { message, settle, release });
    this.#send(message);
    return settle.promise;
  }

  /** Called after each welcome. Sends all open requests again: the master may have missed any request or lost any response. */
  welcomed(): void {
    if (this.#lastId > 0) this.#send({ type: "requests-open", ids: [...this.#open.keys()] });
    for (const [id, { message, settle }] of this.#open) {
      this.#send(settle === null ? { type: "request-cancelled", id } : message);
    }
  }

  /** Called when the master has responded. A repeated response is confirmed again. */
  responded({ id, result }: ResponseMessage): void {
    const open = this.#open.get(id);
    this.#open.delete(id);
    this.#send({ type: "response-taken", id });
    if (open === undefined || open.settle === null) return;
    open.release();
    if ("value" in result) open.settle.resolve(result.value);
    else open.settle.reject(new RunRequestError(result.error.code, result.error.message));
  }

  /** Called when the run has ended for this worker. Rejects all open requests and every later one. */
  close(): void {
    this.#ended = new RunRequestError("run-ended", "the run has ended");
    for (const { settle, release } of this.#open.values()) {
      release();
      settle?.reject(this.#ended);
    }
    this.#open.clear();
  }

  #refusal(name: string, payload: unknown, signal: AbortSignal | undefined): RunRequestError | null {
    if (this.#ended !== null) return this.#ended;
    if (signal?.aborted === true) return new RunRequestError("cancelled", `${name}: the request was cancelled`);
    if (this.#open.size >= mostUnansweredRequests) {
      return new RunRequestError(
        "too-many",
        `${name}: ${mostUnansweredRequests} requests of this worker wait for an answer of the master`,
      );
    }
    const length = JSON.stringify(payload).length;
    if (length <= mostRequestLength) return null;
    const limit = mostRequestLength.toLocaleString("en");
    return new RunRequestError(
      "too-large",
      `${name}: ${length.toLocaleString("en")} characters of JSON; at most ${limit} can be sent to the master`,
    );
  }

  /** Cancels a request. The master must know that nothing waits for the response: it may hold something for this request. */
  #cancel(id: number, reason: RunRequestError): void {
    const open = this.#open.get(id);
    if (open === undefined || open.settle === null) return;
    open.release();
    open.settle.reject(reason);
    open.settle = null;
    this.#send({ type: "request-cancelled", id });
  }
}

function late(name: string): RunRequestError {
  return new RunRequestError("timeout", `${name}: the master has not answered in time`);
}
