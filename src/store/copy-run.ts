import type { StoreConnection } from "./connection.ts";
import { storeError } from "./storage-fault.ts";

/** The tables with a column `run`, parents first. */
const tables = [
  "endpoints",
  "windows",
  "window_endpoints",
  "errors",
  "slowest",
  "workers",
  "missing",
  "events",
  "controls",
  "worker_windows",
  "shared_values",
  "observed_sources",
  "observed_series",
  "observed_samples",
];

/**
 * Copies all rows of a run into another store, under the same number. The target must not have a run of that number. The
 * source of the test and its data files are not copied, so the copy cannot be resumed.
 * @param to the path or URI of the target
 * @throws StoreError when the run cannot be read; then the target is unchanged
 */
export function copyRun(from: StoreConnection, id: string, to: string): void {
  from.run("ATTACH ? AS target", to);
  try {
    from.transaction(() => {
      const ofRun = "(SELECT number FROM main.runs WHERE id = ?)";
      from.run("INSERT INTO target.bundles SELECT bundle_hash, '' FROM main.runs WHERE id = ?", id);
      const found = from.run("INSERT INTO target.runs SELECT * FROM main.runs WHERE id = ?", id);
      if (found === 0) throw storeError("store-run-unknown", from.path, id);
      for (const table of tables) {
        from.run(`INSERT INTO target.${table} SELECT * FROM main.${table} WHERE run = ${ofRun}`, id);
      }
      // The source is only read: it may be full, or locked by another process.
    }, "DEFERRED");
  } finally {
    from.exec("DETACH target");
  }
}
