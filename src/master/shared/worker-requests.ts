import type { Logger } from "pino";
import * as z from "zod";
import { ProtocolError } from "../../protocol/channel.ts";
import type { ResponseMessage } from "../../protocol/master-messages.ts";
import { mostRequestLength, mostUnansweredRequests, type RequestMessage } from "../../protocol/worker-messages.ts";
import type { SharedRecord } from "../../store/batch.ts";

type Payload = Readonly<Record<string, unknown>>;

/** A request of a worker. It is answered exactly once, immediately or later. */
export interface WorkerRequest {
  /** The number of the worker. A worker that reconnects to a master that starts the run over gets a new number. */
  readonly worker: number;
  /** The id of the worker, for its lifetime. */
  readonly workerId: string;
  /** The number of the request on its worker. */
  readonly id: number;
  readonly payload: Payload;
  /**
   * Answers with any JSON value. The response is sent once it is committed, together with all values that were shared
   * before.
   */
  respond(value: unknown): void;
  /** Answers with an error, which the worker throws. */
  refuse(code: string, message: string): void;
}

/**
 * Answers the requests of one name. State that must survive a restart of the master is shared through `journal.share`
 * in the same turn as the response: both are committed together. Workers send unanswered requests again to a restarted
 * master.
 */
export interface RequestHandler {
  /** Handles a request. If this throws, the request is refused with the message of the exception. */
  handle(request: WorkerRequest): void;
  /**
   * Called when the worker no longer waits for the request. `value` is the answer, if there was one: the worker does
   * not use it.
   */
  cancelled?(request: WorkerRequest, value: unknown): void;
  /**
   * Returns the value to send for a stored answer, each time it is sent. Use it for data that can be computed again and
   * need not be stored.
   */
  complete?(payload: Payload, value: unknown): unknown;
  /** Called when the worker is lost or has left. It may return, so its requests stay open. */
  lost?(worker: number): void;
  /** Called when the lost worker is back. */
  returned?(worker: number): void;
}

/** A worker that sends requests. */
interface Asking {
  readonly number: number;
  readonly id: string;
}

type Result = ResponseMessage["result"];

/** An answered request, kept until the worker has received the response. */
interface Answer {
  readonly name: string;
  readonly payload: Payload;
  readonly result: Result;
}

const storedAnswer = z.strictObject({
  name: z.string(),
  payload: z.record(z.string(), z.unknown()),
  result: z.custom<Result>(),
});
const scope = "responses";
/** The length of all payloads and values that are kept for one worker, as JSON. */
const mostHeldLength = 64_000_000;

export interface WorkerRequestsOptions {
  readonly journal: { share(record: SharedRecord): void };
  readonly workers: { findById(id: string): { respond(message: ResponseMessage): void } | undefined };
  /** The shared values of a resumed run. */
  readonly shared: readonly SharedRecord[];
  readonly log: Logger;
}

/** Passes the requests of workers to their handlers, and answers each once, also across reconnects and a restart. */
export class WorkerRequests {
  readonly #options: WorkerRequestsOptions;
  readonly #handlers = new Map<string, RequestHandler>();
  readonly #open = new Map<string, { readonly name: string; readonly request: WorkerRequest }>();
  readonly #answers = new Map<string, Answer>();
  /** The number of open and answered requests of each worker. */
  readonly #counts = new Map<string, number>();
  /** The length of the stored payload and answer of each request, as JSON, in characters. */
  readonly #lengths = new Map<string, number>();
  /** The sum of these lengths for each worker. */
  readonly #held = new Map<string, number>();
  /** The numbers of lost workers. */
  readonly #lost = new Set<number>();
  /** The keys of the answers that are not committed yet. */
  readonly #uncommitted = new Set<string>();

  constructor(options: WorkerRequestsOptions) {
    this.#options = options;
    for (const { scope: found, key, value } of options.shared) {
      if (found !== scope) continue;
      this.#answers.set(key, storedAnswer.parse(value));
      this.#count(workerIdOf(key), 1);
    }
  }

  /** Sets the handler of a name. Call it before workers connect. */
  register(name: string, handler: RequestHandler): void {
    this.#handlers.set(name, handler);
  }

  /** @throws ProtocolError when the worker has too many open requests */
  receive(worker: Asking, message: RequestMessage): void {
    // No event reports the return of a worker that was lost before the load began.
    if (this.#lost.has(worker.number)) this.returned(worker.number);
    if (message.type === "requests-open") {
      this.#keepOnly(worker.id, new Set(message.ids));
      return;
    }
    const key = `${message.id}/${worker.id}`;
    if (message.type === "request-cancelled") this.#cancel(worker, key);
    else if (message.type === "response-taken") this.#forget(key);
    else if (this.#answers.has(key)) this.#send(key);
    else if (!this.#open.has(key)) this.#handle(worker, key, message.name, message.payload);
  }

  /** Sends the responses that were committed. */
  committed(): void {
    const keys = [...this.#uncommitted];
    this.#uncommitted.clear();
    for (const key of keys) this.#send(key);
  }

  lost(worker: number): void {
    this.#lost.add(worker);
    for (const handler of this.#handlers.values()) handler.lost?.(worker);
  }

  returned(worker: number): void {
    this.#lost.delete(worker);
    for (const handler of this.#handlers.values()) handler.returned?.(worker);
  }

  #handle(worker: Asking, key: string, name: string, payload: Payload): void {
    if ((this.#counts.get(worker.id) ?? 0) >= 2 * mostUnansweredRequests)
      throw new ProtocolError("too many open requests");
    const { length } = JSON.stringify(payload);
    if (length > mostRequestLength) throw new ProtocolError(`a request of ${length} characters`);
    const isTooMuch = (this.#held.get(worker.id) ?? 0) + length > mostHeldLength;
    const request = this.#requestOf(worker, key, name, isTooMuch ? {} : payload);
    this.#count(worker.id, 1);
    this.#open.set(key, { name, request });
    if (isTooMuch) {
      request.refuse("too-large", `the open requests of this worker exceed ${mostHeldLength} characters`);
      return;
    }
    this.#hold(worker.id, key, length);
    try {
      const handler = this.#handlers.get(name);
      if (handler === undefined) request.refuse("unknown-request", `the master does not know the request "${name}"`);
      else handler.handle(request);
    } catch (error) {
      this.#options.log.error({ err: error }, `a request of worker ${worker.number} failed: ${name}`);
      request.refuse("failed", error instanceof Error ? error.message : String(error));
    }
  }

  #requestOf(worker: Asking, key: string, name: string, payload: Payload): WorkerRequest {
    const answer = (result: Result) => {
      if (this.#open.delete(key)) this.#answer(key, { name, payload, result });
    };
    return {
      worker: worker.number,
      workerId: worker.id,
      id: Number.parseInt(key, 10),
      payload,
      // JSON has no undefined.
      respond: (value) => answer({ value: value ?? null }),
      refuse: (code, message) => answer({ error: { code, message } }),
    };
  }

  #answer(key: string, answer: Answer): void {
    this.#answers.set(key, answer);
    this.#hold(workerIdOf(key), key, JSON.stringify(answer.result).length);
    this.#uncommitted.add(key);
    this.#options.journal.share({ scope, key, value: answer });
  }

  /** Handles a cancellation. It is answered, too: the worker repeats it until then. */
  #cancel(worker: Asking, key: string): void {
    const open = this.#open.get(key);
    const before = this.#answers.get(key);
    const name = open?.name ?? before?.name ?? "";
    const payload = open?.request.payload ?? before?.payload ?? {};
    if (!this.#open.delete(key) && before === undefined) this.#count(worker.id, 1);
    const isAnswered = before !== undefined && "value" in before.result;
    if (open !== undefined || isAnswered) {
      const request = open?.request ?? this.#requestOf(worker, key, name, payload);
      this.#handlers.get(name)?.cancelled?.(request, isAnswered ? before.result.value : undefined);
    }
    this.#answer(key, {
      name,
      payload,
      result: { error: { code: "cancelled", message: "the request was cancelled" } },
    });
  }

  /** Forgets the answers that the worker no longer waits for: their confirmations may have been lost with a socket. */
  #keepOnly(workerId: string, ids: ReadonlySet<number>): void {
    for (const key of [...this.#answers.keys()]) {
      if (workerIdOf(key) === workerId && !ids.has(Number.parseInt(key, 10))) this.#forget(key);
    }
  }

  #forget(key: string): void {
    if (!this.#answers.delete(key)) return;
    this.#release(key);
    this.#uncommitted.delete(key);
    this.#count(workerIdOf(key), -1);
    this.#options.journal.share({ scope, key, value: undefined });
  }

  #send(key: string): void {
    const answer = this.#answers.get(key);
    if (answer === undefined || this.#uncommitted.has(key)) return;
    const worker = this.#options.workers.findById(workerIdOf(key));
    worker?.respond({ type: "response", id: Number.parseInt(key, 10), result: this.#complete(answer) });
  }

  #complete({ name, payload, result }: Answer): Result {
    const handler = this.#handlers.get(name);
    if (handler?.complete === undefined || !("value" in result)) return result;
    return { value: handler.complete(payload, result.value) };
  }

  #hold(worker: string, key: string, length: number): void {
    this.#lengths.set(key, (this.#lengths.get(key) ?? 0) + length);
    this.#held.set(worker, (this.#held.get(worker) ?? 0) + length);
  }

  #release(key: string): void {
    const worker = workerIdOf(key);
    this.#held.set(worker, (this.#held.get(worker) ?? 0) - (this.#lengths.get(key) ?? 0));
    this.#lengths.delete(key);
  }

  #count(worker: string, more: number): void {
    this.#counts.set(worker, (this.#counts.get(worker) ?? 0) + more);
  }
}

/** Keys are "<number of the request>/<id of its worker>". */
function workerIdOf(key: string): string {
  return key.slice(key.indexOf("/") + 1);
}
