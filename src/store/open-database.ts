import { randomBytes } from "node:crypto";
import { closeSync, existsSync, lstatSync, mkdirSync, openSync, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { strangersFolder } from "../core/own-files.ts";
import { StoreConnection } from "./connection.ts";
import { migrations } from "./schema.ts";
import { busyTimeoutMs, storageFault, storeError } from "./storage-fault.ts";
import { StoreError } from "./store-error.ts";
import { requireOwnForm } from "./store-form.ts";

/** "must" in ASCII: the application id of the file in SQLite's header. */
const applicationId = 0x6d757374;

/**
 * The page size. The histograms of one endpoint and window take about 2 KB: with SQLite's default of 4 KB, every other page
 * would be half empty.
 */
const pageSize = 8_192;

/** The number of pages, 8 MB, after which the write-ahead log is copied into the file. */
const checkpointPages = 1_024;

const retryAfterMs = 10;

interface Identity {
  readonly application: number;
  readonly version: number;
  readonly tables: number;
}

/**
 * Opens the store at `path`; creates it, and its folder, if it does not exist.
 * @throws StoreError if it cannot be opened
 */
export function openDatabase(path: string): StoreConnection {
  try {
    makeFolder(dirname(path));
    requireOwnPlace(path);
    // Readable by its owner only: the result of a test's setup may be secret. An empty file is a new database.
    if (!existsSync(path)) closeSync(openSync(path, "a", 0o600));
  } catch (error) {
    throw error instanceof StoreError ? error : storageFault(error, dirname(path));
  }
  return prepared(new StoreConnection(path));
}

/**
 * Opens an empty store in memory, which is gone when its last connection closes. Its path is a URI with which this
 * process can open more connections to it.
 */
export function openMemoryDatabase(): StoreConnection {
  return prepared(new StoreConnection(`file:/muster-${randomBytes(8).toString("hex")}?vfs=memdb`));
}

/** Checks the file of a connection and brings it to the latest version. Closes the connection if it cannot. @throws StoreError */
export function prepared(connection: StoreConnection): StoreConnection {
  try {
    retryWhileLocked(() => {
      // Check this first, so that a file of another program stays unchanged.
      requireOwn(connection);
      configure(connection);
      migrate(connection);
    });
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/**
 * Retries while the file is locked. SQLite waits for locks itself, except for the lock of another process that is
 * creating the store.
 */
function retryWhileLocked(prepare: () => void): void {
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

/**
 * Requires that no other user can have chosen the file: it is not a link, and its folder is not another user's that
 * everybody can write to.
 */
function requireOwnPlace(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw storeError("store-not-a-store", path, "it is a link");
  }
  const folder = realpathSync(dirname(path));
  if (strangersFolder(statSync(folder), statSync(dirname(folder)))) {
    throw storeError("store-not-a-store", path, "its folder belongs to another user, and everybody can write to it");
  }
}

/** Creates a folder level by level: with `recursive`, Node.js reports a read-only disk as a missing folder. */
function makeFolder(folder: string): void {
  const isFolder = () => statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  if (isFolder()) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  try {
    mkdirSync(folder, 0o700);
  } catch (error) {
    // Another process may have created it meanwhile.
    if (!isFolder()) throw error;
  }
}

/** Reads the identity of the file in one statement, so that it is consistent: another process may be running migrations. */
function identityOf(connection: StoreConnection): Identity {
  const identity = connection.get<Identity>(
    `SELECT (SELECT application_id FROM pragma_application_id) AS application,
      (SELECT user_version FROM pragma_user_version) AS version,
      (SELECT count(*) FROM sqlite_schema) AS tables`,
  );
  return identity ?? { application: 0, version: 0, tables: 0 };
}

/** Reads version and tables in one transaction: another process may be running migrations. */
function requireOwn(connection: StoreConnection): void {
  connection.transaction(() => {
    const version = requireKnown(connection);
    if (version > 0) requireOwnForm(connection, version);
  }, "DEFERRED");
}

/** Returns the schema version of the file; 0 for a new one. */
function requireKnown(connection: StoreConnection): number {
  const { application, version, tables } = identityOf(connection);
  const isEmpty = application === 0 && version === 0 && tables === 0;
  if (application !== applicationId && !isEmpty) {
    throw storeError("store-not-a-store", connection.path, "a SQLite database of another program");
  }
  if (version > migrations.length) {
    const detail = `its schema version is ${version}, the latest known is ${migrations.length}`;
    throw storeError("store-too-new", connection.path, detail);
  }
  return version;
}

function configure(connection: StoreConnection): void {
  connection.exec(`PRAGMA page_size = ${pageSize}`);
  connection.get("PRAGMA journal_mode = WAL");
  // Without a sync per commit, commits survive the end of the process. A power cut may lose the last commits, but the
  // file stays intact. Workers have dropped the acknowledged reports of these commits, so the first report of each to
  // the resumed run comes after a gap, which the ledger lists.
  connection.exec("PRAGMA synchronous = NORMAL");
  connection.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`);
  // The log shrinks again after a reader or a large batch has made it longer.
  connection.get(`PRAGMA journal_size_limit = ${checkpointPages * pageSize}`);
  connection.exec("PRAGMA foreign_keys = ON");
}

function migrate(connection: StoreConnection): void {
  if (identityOf(connection).version === migrations.length) return;
  connection.transaction(() => {
    // Another process may have migrated it meanwhile.
    const version = requireKnown(connection);
    for (const migration of migrations.slice(version)) connection.exec(migration);
    connection.exec(`PRAGMA application_id = ${applicationId}`);
    connection.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}
