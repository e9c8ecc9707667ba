import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigurationError, MusterError } from "../core/errors.ts";
import { storeError } from "../store/storage-fault.ts";
import { Store } from "../store/store.ts";

/**
 * The stores of the runs of a process: the store in `--data-dir` or, with `--no-store`, a temporary one if a result or a report
 * file is made from windows, which only a store has. The temporary store is removed on close. It is in memory if the folder for
 * temporary files is full or cannot be written.
 */
export class RunStores {
  /** The store in `--data-dir`; null with `--no-store`. */
  readonly kept: Store | null;
  #temporary: { readonly store: Store; readonly folder: string | null } | null = null;

  constructor({ store, dataDir }: { readonly store: boolean; readonly dataDir: string }) {
    this.kept = store ? Store.open(dataDir) : null;
  }

  /** Returns the store for a new run; null when it needs none. */
  forRun(needsWindows: boolean): Store | null {
    if (this.kept !== null || !needsWindows) return this.kept;
    this.#temporary ??= temporaryStore();
    return this.#temporary.store;
  }

  close(): void {
    this.kept?.close();
    if (this.#temporary === null) return;
    this.#temporary.store.close();
    const { folder } = this.#temporary;
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function temporaryStore(): { readonly store: Store; readonly folder: string | null } {
  let folder: string | null = null;
  try {
    folder = mkdtempSync(join(tmpdir(), "muster-"));
    return { store: Store.open(folder), folder };
  } catch {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
    return { store: Store.inMemory(), folder: null };
  }
}

/** The option of all commands that read the store. */
export interface StoreOptions {
  readonly dataDir: string;
}

/** Opens the store in `folder`, which may come from someone else; null when there is none. Does not create one. @throws StoreError */
export function openExistingStore(folder: string): Store | null {
  if (!existsSync(join(folder, "muster.db"))) return null;
  const store = Store.open(folder);
  try {
    store.requireSound();
    return store;
  } catch (error) {
    store.close();
    throw error;
  }
}

/**
 * Opens the store in `folder` for reading only, and passes it to `work`.
 * @throws ConfigurationError when there is no store; StoreError
 */
export async function readStore<Result>(
  folder: string,
  work: (store: Store) => Result | Promise<Result>,
): Promise<Result> {
  using store = requireStore(folder);
  store.onlyRead();
  return await work(store);
}

/**
 * Reads a run of a store, which may come from someone else. Errors in `read` count as faults of the store: do nothing else in
 * it, such as writing files.
 * @throws StoreError, also when the data of the run are not in the form that muster writes; other errors of muster are passed on unchanged
 */
export function readRun<Result>(store: Store, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof MusterError) throw error;
    const [why = ""] = (error instanceof Error ? error.message : String(error)).slice(0, 200).split("\n");
    throw storeError("store-corrupt", store.path, `its runs are not as muster writes them: ${why}`, error);
  }
}

/** Opens the store in `folder`. @throws ConfigurationError when there is none */
export function requireStore(folder: string): Store {
  const store = openExistingStore(folder);
  if (store === null)
    throw new ConfigurationError(`there are no stored runs in ${folder}: set the folder with --data-dir`);
  return store;
}
