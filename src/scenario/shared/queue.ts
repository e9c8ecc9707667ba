import { describeValue } from "../../core/describe-value.ts";
import { parseDuration } from "../../core/duration.ts";
import { InvalidValue } from "../../core/invalid-value.ts";
import { RunRequestError, runRequests } from "./run-requests.ts";

/** The requests of queues to the master. */
export const queueRequests = { put: "queue-put", take: "queue-take" } as const;

/** Values that users of one class put and users of another take, over all workers of the run. */
export interface Queue<Item> {
  readonly name: string;
  /**
   * Puts a value at the end: anything that JSON can represent. Resolves when it can be taken.
   * @throws RunRequestError with the code `queue-full` if 100,000 values wait in the queue
   */
  put(item: Item): Promise<void>;
  /**
   * Takes the first value; waits until there is one. Each value is taken once.
   * @throws RunRequestError with the code `timeout` after `timeout`, such as "5s", and `run-ended` at the end of the run
   */
  take(options?: { readonly timeout?: string }): Promise<Item>;
}

/** Returns the queue of this name. All workers of a run share it. */
export function queue<Item = unknown>(name: string): Queue<Item> {
  if (typeof name !== "string" || name === "" || name.length > 100) {
    throw new InvalidValue(`queue(…): expected a name of 1 to 100 characters, found ${describeValue(name)}`);
  }
  const where = `queue "${name}"`;
  return {
    name,
    async put(item) {
      if (JSON.stringify(item) === undefined) {
        throw new InvalidValue(`${where}: JSON cannot represent ${describeValue(item)}, which is to be put`);
      }
      await runRequests(`${where}: put`).ask(queueRequests.put, { queue: name, item });
    },
    async take({ timeout } = {}) {
      const limit = timeout === undefined ? {} : { timeoutMs: parseDuration(timeout) };
      const asked = runRequests(`${where}: take`).ask(queueRequests.take, { queue: name }, limit);
      const taken = await asked.catch((error: RunRequestError) => {
        if (error.code !== "timeout") throw error;
        throw new RunRequestError("timeout", `${where}: no value came within ${timeout}`);
      });
      return (taken as { readonly item: Item }).item;
    },
  };
}
