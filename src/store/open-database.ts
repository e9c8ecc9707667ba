import { closeSync, existsSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { StoreConnection } from "./connection.ts";
import { migrations } from "./schema.ts";
import { busyTimeoutMs, storageFault, storeError } from "./storage-fault.ts";
import { StoreError } from "./store-error.ts";

/** "must" in ASCII, where SQLite keeps whose file it is. */
const applicationId = 0x6d757374;

/**
 * Histograms of one endpoint and window take some 2 KB: in pages of SQLite's default of 4 KB every other one would
 * leave half a page empty.
 */
const pageSize = 8_192;

/** The write-ahead log is copied into the file whenever it has grown to so many pages: 8 MB. */
const checkpointPages = 1_024;

const retryAfterMs = 10;

interface Identity {
  readonly application: number;
  readonly version: number;
  readonly tables: number;
}

/**
 * Opens the store at `path`; creates it, with its folder, when there is none.
 * @throws StoreError
 */
export function openDatabase(path: string): StoreConnection {
  try {
    makeFolder(dirname(path));
    // For its owner only: what a test's setup returned may be secret. An empty file is a new database.
    if (!existsSync(path)) closeSync(openSync(path, "a", 0o600));
  } catch (error) {
    throw storageFault(error, dirname(path));
  }
  const connection = new StoreConnection(path);
  try {
    patiently(() => {
      // Before anything is written: a file of somebody else stays as it is.
      requireKnown(connection);
      configure(connection);
      migrate(connection);
    });
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** SQLite waits for a lock, but not for that of another process which makes the same new file a store. */
function patiently(prepare: () => void): void {
  const giveUpAt = performance.now() + busyTimeoutMs;
  for (;;) {
    try {
      prepare();
      return;
    } catch (error) {
      const isLocked = error instanceof StoreError && error.code === "store-locked";
      if (!isLocked || performance.now() > giveUpAt) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryAfterMs);
    }
  }
}

/** Level by level: with `recursive` Node.js calls a read-only disk a folder that does not exist. */
function makeFolder(folder: string): void {
  const isFolder = () => statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  if (isFolder()) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have been quicker.
    if (!isFolder()) throw error;
  }
}

/** In one statement, so that it is of one instant: another process may be at its migrations. */
function identityOf(connection: StoreConnection): Identity {
  const identity = connection.get<Identity>(
    `SELECT (SELECT application_id FROM pragma_application_id) AS application,
      (SELECT user_version FROM pragma_user_version) AS version,
      (SELECT count(*) FROM sqlite_schema) AS tables`,
  );
  return identity ?? { application: 0, version: 0, tables: 0 };
}

/** Returns the version of the file's schema; 0 when there is none. */
function requireKnown(connection: StoreConnection): number {
  const { application, version, tables } = identityOf(connection);
  const isEmpty = application === 0 && version === 0 && tables === 0;
  if (application !== applicationId && !isEmpty) {
    throw storeError("store-not-a-store", connection.path, "it is a SQLite database of another program");
  }
  if (version > migrations.length) {
    const detail = `its schema is version ${version}, this one knows ${migrations.length}`;
    throw storeError("store-too-new", connection.path, detail);
  }
  return version;
}

function configure(connection: StoreConnection): void {
  connection.exec(`PRAGMA page_size = ${pageSize}`);
  connection.get("PRAGMA journal_mode = WAL");
  // Without a sync per commit: what is committed survives the end of the process. A power cut may take the last commits;
  // the ledger then names them as a gap, as the workers have dropped what was acknowledged. The file stays sound.
  connection.exec("PRAGMA synchronous = NORMAL");
  connection.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`);
  // After a reader or a large batch has made the log longer, it shrinks again.
  connection.get(`PRAGMA journal_size_limit = ${checkpointPages * pageSize}`);
  connection.exec("PRAGMA foreign_keys = ON");
}

function migrate(connection: StoreConnection): void {
  if (identityOf(connection).version === migrations.length) return;
  connection.transaction(() => {
    // Another process may have been quicker.
    const version = requireKnown(connection);
    for (const migration of migrations.slice(version)) connection.exec(migration);
    connection.exec(`PRAGMA application_id = ${applicationId}`);
    connection.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}
