import * as z from "zod";
import type { SharedRecord } from "../../store/batch.ts";
import type { RequestHandler, WorkerRequest } from "./worker-requests.ts";

export interface QueueRequestsOptions {
  /** The shared values of a resumed run. */
  readonly shared: readonly SharedRecord[];
  readonly journal: { share(record: SharedRecord): void };
  readonly workers: { findById(id: string): { readonly isAlive: boolean } | undefined };
}

const put = z.object({ queue: z.string(), items: z.array(z.unknown()) });
const take = z.object({ queue: z.string() });
/** The answer to a take. */
const taken = z.object({ number: z.int(), item: z.unknown() });

const scope = "queue";
const mostItems = 100_000;
/** The largest length of all values of a queue as JSON, in characters. */
const mostLength = 100_000_000;

interface QueuedItem {
  /** The position of the value in the queue. */
  readonly number: number;
  readonly item: unknown;
  readonly length: number;
}

interface StoredQueue {
  readonly items: QueuedItem[];
  length: number;
  nextNumber: number;
  readonly waiting: WorkerRequest[];
}

/**
 * The queues of a run: values that users put and take, over all workers. A value stays in the store until it is taken,
 * and is removed in the same commit that stores the response. So each value is taken once, even if the master restarts.
 */
export class QueueRequests {
  readonly #options: QueueRequestsOptions;
  readonly #queues = new Map<string, StoredQueue>();
  /** The handler of puts. */
  readonly puts: RequestHandler = { handle: (request) => this.#put(request) };
  /** The handler of takes. */
  readonly takes: RequestHandler = {
    handle: (request) => this.#take(request),
    cancelled: (request, value) => this.#cancelled(request, value),
    returned: () => {
      for (const name of this.#queues.keys()) this.#serve(name);
    },
  };

  constructor(options: QueueRequestsOptions) {
    this.#options = options;
    for (const { scope: found, key, value } of options.shared) {
      if (found !== scope) continue;
      const [name, number] = JSON.parse(key) as [string, number];
      this.#add(name, number, value);
    }
    for (const { items } of this.#queues.values()) items.sort((a, b) => a.number - b.number);
  }

  #put(request: WorkerRequest): void {
    const { queue: name, items: given } = put.parse(request.payload);
    const { items, length, nextNumber } = this.#queueOf(name);
    if (items.length + given.length > mostItems || length >= mostLength) {
      request.refuse("queue-full", `queue "${name}" is full: ${items.length} values wait to be taken`);
      return;
    }
    for (const [position, item] of given.entries()) {
      const number = nextNumber + position;
      this.#add(name, number, item);
      this.#options.journal.share({ scope, key: keyOf(name, number), value: item });
    }
    request.respond(null);
    this.#serve(name);
  }

  #take(request: WorkerRequest): void {
    const { queue: name } = take.parse(request.payload);
    this.#queueOf(name).waiting.push(request);
    this.#serve(name);
  }

  /** Puts a value that was not used back at its old position. */
  #cancelled(request: WorkerRequest, value: unknown): void {
    const { queue: name } = take.parse(request.payload);
    const { items, waiting } = this.#queueOf(name);
    const position = waiting.indexOf(request);
    if (position >= 0) waiting.splice(position, 1);
    if (value === undefined) return;
    const { number, item } = taken.parse(value);
    this.#add(name, number, item);
    items.sort((a, b) => a.number - b.number);
    this.#options.journal.share({ scope, key: keyOf(name, number), value: item });
    this.#serve(name);
  }

  /** Gives values to the waiting takes, in order. Takes of lost workers wait until their worker returns. */
  #serve(name: string): void {
    const queue = this.#queueOf(name);
    for (let at = 0; at < queue.waiting.length && queue.items.length > 0; ) {
      const request = queue.waiting[at];
      if (request === undefined || this.#options.workers.findById(request.workerId)?.isAlive !== true) {
        at++;
        continue;
      }
      queue.waiting.splice(at, 1);
      const first = queue.items.shift();
      if (first === undefined) return;
      queue.length -= first.length;
      this.#options.journal.share({ scope, key: keyOf(name, first.number), value: undefined });
      request.respond({ number: first.number, item: first.item });
    }
  }

  #add(name: string, number: number, item: unknown): void {
    const queue = this.#queueOf(name);
    const { length } = JSON.stringify(item);
    queue.items.push({ number, item, length });
    queue.length += length;
    queue.nextNumber = Math.max(queue.nextNumber, number + 1);
  }

  #queueOf(name: string): StoredQueue {
    let queue = this.#queues.get(name);
    if (queue === undefined) {
      queue = { items: [], length: 0, nextNumber: 0, waiting: [] };
      this.#queues.set(name, queue);
    }
    return queue;
  }
}

function keyOf(name: string, number: number): string {
  return JSON.stringify([name, number]);
}
