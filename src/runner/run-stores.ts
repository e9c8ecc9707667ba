import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigurationError } from "../core/errors.ts";
import { Store } from "../store/store.ts";

/** Where runs are kept. Results that are made of windows need a store also with `--no-store`: one that ends with the run. */
export class RunStores {
  /** Null with `--no-store`. */
  readonly kept: Store | null;
  #passing: { readonly store: Store; readonly folder: string } | null = null;

  constructor({ store, dataDir }: { readonly store: boolean; readonly dataDir: string }) {
    this.kept = store ? Store.open(dataDir) : null;
  }

  /** Where to keep a new run; null for nowhere. */
  forRun(needsWindows: boolean): Store | null {
    if (this.kept !== null || !needsWindows) return this.kept;
    if (this.#passing === null) {
      const folder = mkdtempSync(join(tmpdir(), "muster-"));
      this.#passing = { store: Store.open(folder), folder };
    }
    return this.#passing.store;
  }

  close(): void {
    this.kept?.close();
    if (this.#passing === null) return;
    this.#passing.store.close();
    rmSync(this.#passing.folder, { recursive: true, force: true });
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Every sub-command works on the store that `--data-dir` names. */
export interface StoreOptions {
  readonly dataDir: string;
}

/** The store in `folder`; null when there is none, and none is made. */
export function openExistingStore(folder: string): Store | null {
  return existsSync(join(folder, "muster.db")) ? Store.open(folder) : null;
}

/** @throws ConfigurationError when there is none */
export function requireStore(folder: string): Store {
  const store = openExistingStore(folder);
  if (store === null) throw new ConfigurationError(`no runs are kept in ${folder}: name their folder with --data-dir`);
  return store;
}
