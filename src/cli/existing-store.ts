import { existsSync } from "node:fs";
import { join } from "node:path";
import { ConfigurationError } from "../core/errors.ts";
import { Store } from "../store/store.ts";

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
