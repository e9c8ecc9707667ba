import { keptSamples } from "./evidence/failed-request.ts";
import { type ErrorCount, overflowName } from "./interval-report.ts";

/**
 * The number of distinct errors that are counted separately. As with endpoints, the overflow entries do not count towards
 * the cap.
 */
export const maxErrors = 1_000;
const furtherErrors = "further distinct errors";
/** The number of workers that are kept per exception. */
const maxWorkers = 20;

/** An error with its count over all workers. */
export interface CountedError extends ErrorCount {
  /** The numbers of the workers that saw an exception, if known: ascending, at most the first 20. */
  readonly workers?: readonly number[];
}

type Writable<T> = { -readonly [Field in keyof T]: T[Field] };

/** The distinct errors of a run with their counts. */
export class ErrorTotals {
  readonly #errors = new Map<string, Writable<CountedError>>();
  #named = 0;

  /** Iterates over the errors in order of arrival. */
  each(): Iterable<CountedError> {
    return this.#errors.values();
  }

  /** Lists the errors, the most frequent first. */
  list(): CountedError[] {
    return [...this.#errors.values()].sort((a, b) => b.count - a.count || byCodeUnit(errorKey(a), errorKey(b)));
  }

  /** Adds an error. Beyond the cap, further distinct errors are counted together, by kind. */
  add(error: CountedError): void {
    const key = errorKey(error);
    const found = this.#errors.get(key);
    if (found !== undefined) {
      found.count += error.count;
      found.stack = keptStack(found.stack, error.stack);
      const samples = keptSamples(found.samples, error.samples);
      if (samples !== undefined) found.samples = samples;
      if (error.workers !== undefined) found.workers = keptWorkers(found.workers ?? [], error.workers);
      return;
    }
    if (!isOverflow(error)) {
      if (this.#named === maxErrors) {
        this.add(overflowOf(error));
        return;
      }
      this.#named++;
    }
    this.#errors.set(key, { ...error });
  }
}

/** Returns the overflow entry for an error beyond the cap. */
export function overflowOf({
  kind,
  count,
  workers,
}: Pick<CountedError, "kind" | "count" | "workers">): Writable<CountedError> {
  const seen = workers === undefined ? {} : { workers };
  return { method: "", name: overflowName, kind, message: furtherErrors, count, stack: "", ...seen };
}

/** Chooses one of two stacks of the same error, independently of the order of adding. */
function keptStack(a: string, b: string): string {
  return a === "" || (b !== "" && b < a) ? b : a;
}

/** Merges worker numbers and keeps the lowest, independently of the order of adding. */
export function keptWorkers(some: readonly number[], others: readonly number[]): number[] {
  return [...new Set([...some, ...others])].sort((a, b) => a - b).slice(0, maxWorkers);
}

/** Whether `error` is an overflow entry. */
export function isOverflow({ method, name, message }: ErrorCount): boolean {
  return method === "" && name === overflowName && message === furtherErrors;
}

function errorKey({ method, name, kind, message }: ErrorCount): string {
  return `${method} ${name}\n${kind}\n${message}`;
}

/** Compares by code unit, so that the order does not depend on the machine's locale. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
