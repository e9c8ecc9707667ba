import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigurationError } from "../core/errors.ts";
import { Store } from "../store/store.ts";

/**
 * The store in `--data-dir`, and with `--no-store` a temporary one, if a result or a report file is made from windows, which
 * only a store has. The temporary store is removed on close.
 */
export class RunStores {
  /** The store in `--data-dir`; null with `--no-store`. */
  readonly kept: Store | null;
  #temporary: { readonly store: Store; readonly folder: string } | null = null;

  constructor({ store, dataDir }: { readonly store: boolean; readonly dataDir: string }) {
    this.kept = store ? Store.open(dataDir) : null;
  }

  /** The store for a new run; null when it needs none. */
  forRun(needsWindows: boolean): Store | null {
    if (this.kept !== null || !needsWindows) return this.kept;
    if (this.#temporary === null) {
      const folder = mkdtempSync(join(tmpdir(), "muster-"));
      this.#temporary = { store: Store.open(folder), folder };
    }
    return this.#temporary.store;
  }

  close(): void {
    this.kept?.close();
    if (this.#temporary === null) return;
    this.#temporary.store.close();
    rmSync(this.#temporary.folder, { recursive: true, force: true });
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** The option of all commands that read the store. */
export interface StoreOptions {
  readonly dataDir: string;
}

/** Opens the store in `folder`; null when there is none. Does not create one. */
export function openExistingStore(folder: string): Store | null {
  return existsSync(join(folder, "muster.db")) ? Store.open(folder) : null;
}

/** Opens the store in `folder`. @throws ConfigurationError when there is none */
export function requireStore(folder: string): Store {
  const store = openExistingStore(folder);
  if (store === null)
    throw new ConfigurationError(`there are no stored runs in ${folder}: set the folder with --data-dir`);
  return store;
}
