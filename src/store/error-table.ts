import { type CountedError, isOverflow, keptWorkers, maxErrors, overflowOf } from "../stats/error-totals.ts";
import { type FailedRequest, keptSamples } from "../stats/evidence/failed-request.ts";
import type { StoreConnection } from "./connection.ts";
import { decodedText } from "./endpoint-table.ts";

/** Reads the errors of a run. Text is read as blobs, because Node.js 22 cuts text at a NUL character. */
export function readErrors(connection: StoreConnection, run: number): CountedError[] {
  const rows = connection.all<{
    method: Uint8Array;
    name: Uint8Array;
    kind: string;
    message: Uint8Array;
    count: number;
    stack: Uint8Array;
    workers: string | null;
    samples: Uint8Array | null;
  }>(
    `SELECT CAST(method AS BLOB) AS method, CAST(name AS BLOB) AS name, kind, CAST(message AS BLOB) AS message, count,
      CAST(stack AS BLOB) AS stack, workers, CAST(samples AS BLOB) AS samples FROM errors WHERE run = ?`,
    run,
  );
  return rows.map(({ method, name, kind, message, count, stack, workers, samples }) => {
    return {
      method: decodedText(method),
      name: decodedText(name),
      kind: kind as CountedError["kind"],
      message: decodedText(message),
      count,
      stack: decodedText(stack),
      ...(workers === null ? {} : { workers: connection.guard(() => JSON.parse(workers) as number[]) }),
      ...(samples === null ? {} : { samples: connection.guard(() => samplesIn(samples)) }),
    };
  });
}

const whereError = "WHERE run = ? AND method = ? AND name = ? AND kind = ? AND message = ?";

/** Counts the errors of a run, up to the cap of RunTotals. */
export class ErrorTable {
  readonly #connection: StoreConnection;
  readonly #run: number;
  #named: number;

  constructor(connection: StoreConnection, run: number) {
    this.#connection = connection;
    this.#run = run;
    this.#named = readErrors(connection, run).filter((error) => !isOverflow(error)).length;
  }

  add(error: CountedError): void {
    const { method, name, kind, message, count, stack } = error;
    const workers = this.#workersOf(error);
    const samples = this.#samplesOf(error);
    // Chooses the stack as `keptStack` in error-totals.ts does.
    const updated = this.#connection.run(
      `UPDATE errors SET count = count + ?, stack = iif(stack = '' OR (? <> '' AND ? < stack), ?, stack),
        workers = coalesce(?, workers), samples = coalesce(?, samples) ${whereError}`,
      ...[count, stack, stack, stack, workers, samples, this.#run, method, name, kind, message],
    );
    if (updated > 0) return;
    if (!isOverflow(error)) {
      if (this.#named === maxErrors) {
        this.add(overflowOf(error));
        return;
      }
      this.#named++;
    }
    const sql = "INSERT INTO errors VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    this.#connection.run(sql, this.#run, method, name, kind, message, count, stack, workers, samples);
  }

  /** Returns the workers of an error, merged with the stored ones, as JSON; null if `error` has none. */
  #workersOf({ method, name, kind, message, workers }: CountedError): string | null {
    if (workers === undefined) return null;
    const stored = this.#connection.get<{ workers: string | null }>(
      `SELECT workers FROM errors ${whereError}`,
      ...[this.#run, method, name, kind, message],
    );
    const before = this.#connection.guard(() => JSON.parse(stored?.workers ?? "[]") as number[]);
    return JSON.stringify(keptWorkers(before, workers));
  }

  /** Returns the samples of an error, merged with the stored ones, as JSON; null if `error` has none. */
  #samplesOf({ method, name, kind, message, samples }: CountedError): string | null {
    if (samples === undefined) return null;
    const stored = this.#connection.get<{ samples: Uint8Array | null }>(
      `SELECT CAST(samples AS BLOB) AS samples FROM errors ${whereError}`,
      ...[this.#run, method, name, kind, message],
    );
    const text = stored?.samples ?? null;
    const before = text === null ? undefined : this.#connection.guard(() => samplesIn(text));
    return JSON.stringify(keptSamples(before, samples));
  }
}

function samplesIn(json: Uint8Array): FailedRequest[] {
  return JSON.parse(decodedText(json)) as FailedRequest[];
}
