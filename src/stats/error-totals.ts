import { type ErrorCount, overflowName } from "./interval-report.ts";

/** Distinct errors that are kept apart; as with endpoints, what stands for those beyond the cap does not count towards it. */
export const maxErrors = 1_000;
const furtherErrors = "further distinct errors";
/** Workers that an exception is kept with. */
const maxWorkers = 20;

/** An error of all workers together. */
export interface CountedError extends ErrorCount {
  /** Of an exception, where it is known: the numbers of workers that saw it, ascending; of more than 20 the first. */
  readonly workers?: readonly number[];
}

type Writable<T> = { -readonly [Field in keyof T]: T[Field] };

/** The distinct errors of a run, and how often each was seen. */
export class ErrorTotals {
  readonly #errors = new Map<string, Writable<CountedError>>();
  #named = 0;

  /** In the order in which they came. */
  each(): Iterable<CountedError> {
    return this.#errors.values();
  }

  /** The most frequent first. */
  list(): CountedError[] {
    return [...this.#errors.values()].sort((a, b) => b.count - a.count || byCodeUnit(errorKey(a), errorKey(b)));
  }

  /** Beyond the cap further distinct errors are counted together, by kind. */
  add(error: CountedError): void {
    const key = errorKey(error);
    const found = this.#errors.get(key);
    if (found !== undefined) {
      found.count += error.count;
      found.stack = keptStack(found.stack, error.stack);
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

/** What stands for an error beyond the cap. */
export function overflowOf({
  kind,
  count,
  workers,
}: Pick<CountedError, "kind" | "count" | "workers">): Writable<CountedError> {
  const seen = workers === undefined ? {} : { workers };
  return { method: "", name: overflowName, kind, message: furtherErrors, count, stack: "", ...seen };
}

/** Which of two stacks of the same error is kept, in every order of adding. */
function keptStack(a: string, b: string): string {
  return a === "" || (b !== "" && b < a) ? b : a;
}

/** The lowest numbers of both, in every order of adding the same. */
export function keptWorkers(some: readonly number[], others: readonly number[]): number[] {
  return [...new Set([...some, ...others])].sort((a, b) => a - b).slice(0, maxWorkers);
}

/** Whether `error` stands for others. */
export function isOverflow({ method, name, message }: ErrorCount): boolean {
  return method === "" && name === overflowName && message === furtherErrors;
}

function errorKey({ method, name, kind, message }: ErrorCount): string {
  return `${method} ${name}\n${kind}\n${message}`;
}

/** By code unit, so that the order does not depend on the machine's locale. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
