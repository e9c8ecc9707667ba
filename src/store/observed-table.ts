import type { Observed, ObservedKind, ObservedSample, ObservedSource } from "../stats/observed-series.ts";
import type { ObservedRecords } from "./batch.ts";
import type { StoreConnection } from "./connection.ts";

interface SourceRow extends Omit<ObservedSource, "kind" | "lastFailure"> {
  readonly kind: string;
  readonly failedAtMs: number | null;
  readonly failedBecause: string | null;
}

interface SeriesRow {
  readonly id: number;
  readonly name: string;
  readonly source: string;
  readonly unit: string | null;
}

/** The metrics that were observed of the service during a run. */
export class ObservedTable {
  readonly #connection: StoreConnection;
  readonly #run: number;

  constructor(connection: StoreConnection, run: number) {
    this.#connection = connection;
    this.#run = run;
  }

  add({ sources, series }: ObservedRecords): void {
    for (const { position, name, kind, target, everyMs, readings, failures, lastFailure } of sources) {
      this.#connection.run(
        `INSERT INTO observed_sources VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET name = excluded.name,
          kind = excluded.kind, target = excluded.target, every_ms = excluded.every_ms, readings = excluded.readings,
          failures = excluded.failures, failed_at_ms = excluded.failed_at_ms, failed_because = excluded.failed_because`,
        ...[this.#run, position, name, kind, target, everyMs, readings, failures],
        ...[lastFailure?.atMs ?? null, lastFailure?.text ?? null],
      );
    }
    if (series.length === 0) return;
    const ids = new Map(this.#series().map(({ id, name }) => [name, id]));
    for (const { name, source, unit, samples } of series) {
      const id = ids.get(name) ?? ids.size;
      if (!ids.has(name)) {
        ids.set(name, id);
        this.#connection.run("INSERT INTO observed_series VALUES (?, ?, ?, ?, ?)", this.#run, id, name, source, unit);
      }
      for (const { atMs, value } of samples)
        this.#connection.run("INSERT INTO observed_samples VALUES (?, ?, ?, ?)", this.#run, id, atMs, value);
    }
  }

  all(): Observed {
    const sources = this.#connection.all<SourceRow>(
      `SELECT name, kind, target, every_ms AS everyMs, readings, failures, failed_at_ms AS failedAtMs,
        failed_because AS failedBecause FROM observed_sources WHERE run = ? ORDER BY position`,
      this.#run,
    );
    const series = this.#series();
    return {
      sources: sources.map(({ kind, failedAtMs, failedBecause, ...source }) => ({
        ...source,
        kind: kind as ObservedKind,
        lastFailure: failedAtMs === null ? null : { atMs: failedAtMs, text: failedBecause ?? "" },
      })),
      series: sources.flatMap(({ name }) =>
        series
          .filter(({ source }) => source === name)
          .map(({ id, ...one }) => ({ ...one, samples: this.#samples(id) })),
      ),
    };
  }

  #series(): SeriesRow[] {
    const sql = "SELECT id, name, source, unit FROM observed_series WHERE run = ? ORDER BY id";
    return this.#connection.all<SeriesRow>(sql, this.#run);
  }

  #samples(id: number): ObservedSample[] {
    const sql = "SELECT at_ms AS atMs, value FROM observed_samples WHERE run = ? AND series = ? ORDER BY at_ms";
    return this.#connection.all<ObservedSample>(sql, this.#run, id).map(({ atMs, value }) => ({ atMs, value }));
  }
}
