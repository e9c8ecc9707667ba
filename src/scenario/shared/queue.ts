import { describeValue } from "../../core/describe-value.ts";
import { parseDuration } from "../../core/duration.ts";
import { InvalidValue } from "../../core/invalid-value.ts";
import { declareName } from "./declared-names.ts";
import { requireJsonValue } from "./json-value.ts";
import { RunRequestError, runRequests } from "./run-requests.ts";

/** The requests of queues to the master. */
export const queueRequests = { put: "queue-put", take: "queue-take" } as const;

export interface TakeOptions {
  /** The longest wait, such as "5s"; default: until the run ends. */
  readonly timeout?: string;
}

/** Values that users of one class put and users of another take, over all workers of the run. */
export interface Queue<Item> {
  readonly name: string;
  /**
   * Puts a value at the end of the queue: anything that JSON can represent. Resolves when the value can be taken.
   * @throws RunRequestError with the code `queue-full` if 100,000 values wait in the queue
   */
  put(item: Item): Promise<void>;
  /** Puts several values at the end, in one message and one commit. Resolves when they can be taken. */
  putAll(items: readonly Item[]): Promise<void>;
  /**
   * Takes the first value, and waits until there is one. Each value is taken once.
   * @param vu the user that takes the value: when it has to stop, the wait ends, and its iteration counts as interrupted.
   *   Without `vu`, the wait ends with the run, and a value that arrives after the user has stopped is used up
   * @throws RunRequestError with the code `timeout` after `timeout`, `cancelled` when the user has to stop, and `run-ended`
   *   at the end of the run
   */
  take(vu: TakingUser, options?: TakeOptions): Promise<Item>;
  take(options?: TakeOptions): Promise<Item>;
}

/** A virtual user that takes a value. */
interface TakingUser {
  readonly signal: AbortSignal;
}

/**
 * Returns the queue of this name. All workers of a run share it.
 * @throws ConfigurationError if the test file declares two queues with the same name
 */
export function queue<Item = unknown>(name: string): Queue<Item> {
  if (typeof name !== "string" || name === "" || name.length > 100) {
    throw new InvalidValue(`queue(…): expected a name of 1 to 100 characters, found ${describeValue(name)}`);
  }
  declareName("queues", name);
  const where = `queue "${name}"`;
  const put = async (call: string, items: readonly unknown[]) => {
    for (const item of items) requireJsonValue(where, item);
    if (items.length > 0) await runRequests(`${where}: ${call}`).ask(queueRequests.put, { queue: name, items });
  };
  return {
    name,
    put: async (item) => await put("put", [item]),
    async putAll(items) {
      if (!Array.isArray(items)) {
        throw new InvalidValue(`${where}: putAll expects a list of values, found ${describeValue(items)}`);
      }
      await put("putAll", items);
    },
    async take(first: TakingUser | TakeOptions = {}, second: TakeOptions = {}) {
      const user = isUser(first) ? first : null;
      const { timeout } = takeOptions(where, user === null ? first : second);
      const limits = {
        ...(timeout === undefined ? {} : { timeoutMs: parseDuration(timeout) }),
        ...(user === null ? {} : { signal: user.signal }),
      };
      const asked = runRequests(`${where}: take`).ask(queueRequests.take, { queue: name }, limits);
      const taken = await asked.catch((error: RunRequestError) => {
        if (error.code !== "timeout") throw error;
        throw new RunRequestError("timeout", `${where}: no value came within ${timeout}`);
      });
      return (taken as { readonly item: Item }).item;
    },
  };
}

function isUser(value: unknown): value is TakingUser {
  return typeof value === "object" && value !== null && "signal" in value && value.signal instanceof AbortSignal;
}

/** @throws InvalidValue */
function takeOptions(where: string, options: unknown): TakeOptions {
  const example = 'write take(vu, { timeout: "5s" })';
  if (typeof options !== "object" || options === null) {
    throw new InvalidValue(`${where}: take: expected the user or options, found ${describeValue(options)}; ${example}`);
  }
  const [unknown] = Object.keys(options).filter((field) => field !== "timeout");
  if (unknown === undefined) return options;
  throw new InvalidValue(`${where}: take: unknown option "${unknown}"; ${example}`);
}
