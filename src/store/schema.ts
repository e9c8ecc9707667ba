/**
 * The migrations of the file: the text at position i makes version i + 1 from version i. Never change a released one;
 * append.
 *
 *     data_parts <- bundle_parts -> bundles              large data files of the tests of unfinished runs
 *     bundles <- runs <- windows <- window_endpoints     measurements per window
 *                     <- endpoints, errors, slowest      endpoint names, errors and slowest requests of the whole run
 *                     <- workers, missing                workers with their last report, and missing reports
 *                     <- worker_windows                  health of the workers per window
 *                     <- events, controls                events, and control operations on the load
 *                     <- shared_values                   values that all workers share, by scope and key
 *                     <- observed_sources, observed_series <- observed_samples   metrics observed of the service
 *
 * `run` is `runs.number` in all tables, which is shorter than the id. Tables with histograms have rowids, because their
 * rows are too long for the index pages of a table WITHOUT ROWID.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE bundles (
    hash TEXT PRIMARY KEY,
    source TEXT NOT NULL
  ) STRICT;

  CREATE TABLE runs (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    state TEXT NOT NULL,
    test_name TEXT NOT NULL,
    profile TEXT NOT NULL,
    host TEXT NOT NULL,
    bundle_hash TEXT NOT NULL REFERENCES bundles,
    specification TEXT NOT NULL, -- JSON, like the following columns
    started_at TEXT,             -- except this one
    active_at TEXT,              -- and this one, the time of the last commit
    setup TEXT,
    progress TEXT,
    result TEXT,
    writer INTEGER NOT NULL DEFAULT 0, -- the number of writers so far; only the last may write
    reports INTEGER NOT NULL DEFAULT 0,
    duplicates INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  CREATE TABLE endpoints (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    id INTEGER NOT NULL,
    method TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (run, id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE windows (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    start_ms INTEGER NOT NULL,
    width_ms INTEGER NOT NULL,
    endpoints INTEGER NOT NULL, -- rows of window_endpoints, and the bytes of their histograms
    bytes INTEGER NOT NULL,
    completed INTEGER NOT NULL, -- iterations
    failed INTEGER NOT NULL,
    interrupted INTEGER NOT NULL,
    dropped INTEGER NOT NULL,
    peak_users INTEGER NOT NULL,
    users TEXT NOT NULL,        -- JSON [[class, count], ...]
    checks TEXT,                -- JSON [[name, passes, failures], ...]; NULL for none
    lag_count INTEGER,          -- schedule lag and blocked time: NULL without an open load
    lag_min INTEGER,
    lag_max INTEGER,
    lag_sum INTEGER,
    lag BLOB,
    blocked_count INTEGER,
    blocked_min INTEGER,
    blocked_max INTEGER,
    blocked_sum INTEGER,
    blocked BLOB,
    PRIMARY KEY (run, start_ms)
  ) STRICT;

  CREATE TABLE window_endpoints (
    run INTEGER NOT NULL,
    start_ms INTEGER NOT NULL,
    endpoint INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    failure_kinds TEXT,         -- JSON [[kind, count], ...]; NULL for none
    bytes_in INTEGER NOT NULL,
    bytes_out INTEGER NOT NULL,
    service_count INTEGER NOT NULL,
    service_min INTEGER NOT NULL,
    service_max INTEGER NOT NULL,
    service_sum INTEGER NOT NULL,
    service BLOB NOT NULL,
    response_count INTEGER,     -- NULL if every response time equals the service time
    response_min INTEGER,
    response_max INTEGER,
    response_sum INTEGER,
    response BLOB,
    PRIMARY KEY (run, start_ms, endpoint),
    FOREIGN KEY (run, start_ms) REFERENCES windows ON DELETE CASCADE
  ) STRICT;

  CREATE TABLE errors (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    method TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    message TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (run, method, name, kind, message)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE workers (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    number INTEGER NOT NULL,
    id TEXT NOT NULL,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    last_sequence INTEGER NOT NULL,
    facts TEXT NOT NULL,        -- JSON
    PRIMARY KEY (run, number)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE missing (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    position INTEGER NOT NULL,
    worker INTEGER NOT NULL,
    first_sequence INTEGER NOT NULL,
    last_sequence INTEGER,      -- NULL if it is not known
    from_ms REAL NOT NULL,
    to_ms REAL NOT NULL,
    PRIMARY KEY (run, position)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE events (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    position INTEGER NOT NULL,
    at_ms REAL NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (run, position)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE controls (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    position INTEGER NOT NULL,
    at_ms REAL NOT NULL,
    operation TEXT NOT NULL,    -- JSON
    PRIMARY KEY (run, position)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE runs ADD COLUMN name TEXT;
  ALTER TABLE runs ADD COLUMN tags TEXT NOT NULL DEFAULT '[]'; -- JSON
  CREATE UNIQUE INDEX run_names ON runs (name) WHERE name IS NOT NULL;
  `,
  `
  ALTER TABLE window_endpoints ADD COLUMN phases TEXT; -- JSON [[phase, requests, sum, max], ...]; NULL for none
  `,
  `
  ALTER TABLE runs ADD COLUMN facts TEXT; -- JSON
  `,
  `
  CREATE TABLE worker_windows (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    start_ms INTEGER NOT NULL,
    width_ms INTEGER NOT NULL,
    workers INTEGER NOT NULL,
    samples BLOB NOT NULL,      -- see health-blob.ts
    PRIMARY KEY (run, start_ms)
  ) STRICT;
  `,
  `
  ALTER TABLE errors ADD COLUMN stack TEXT NOT NULL DEFAULT ''; -- of an exception
  `,
  `
  ALTER TABLE endpoints ADD COLUMN series TEXT; -- 'slice' or 'trend'; NULL for endpoints
  ALTER TABLE windows ADD COLUMN metrics TEXT;  -- JSON [[name, metric], ...]; NULL for none
  `,
  `
  ALTER TABLE windows ADD COLUMN tasks TEXT; -- JSON [[scenario, class, [[task, executions], ...]], ...]; NULL for none
  `,
  `
  ALTER TABLE errors ADD COLUMN workers TEXT; -- JSON [number, ...], of an exception; NULL if they are not known
  `,
  `
  CREATE TABLE data_parts (
    hash TEXT PRIMARY KEY,
    bytes BLOB NOT NULL
  ) STRICT;
  CREATE TABLE bundle_parts (
    bundle TEXT NOT NULL REFERENCES bundles ON DELETE CASCADE,
    part TEXT NOT NULL REFERENCES data_parts,
    PRIMARY KEY (bundle, part)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE windows ADD COLUMN started INTEGER NOT NULL DEFAULT 0; -- users by the result of their start
  ALTER TABLE windows ADD COLUMN failed_starts INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE windows ADD COLUMN unawaited TEXT; -- JSON [[task, requests], ...] of requests open at its end; NULL for none
  `,
  `
  ALTER TABLE runs ADD COLUMN ended TEXT; -- JSON: facts that only the master knew at the end of the run; NULL before
  ALTER TABLE worker_windows ADD COLUMN fields INTEGER NOT NULL DEFAULT 12; -- numbers per sample in the blob
  `,
  `
  CREATE TABLE shared_values (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,        -- JSON
    PRIMARY KEY (run, scope, key)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE errors ADD COLUMN samples TEXT; -- JSON, some of the failed requests; NULL for none
  `,
  `
  CREATE TABLE slowest (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    method TEXT NOT NULL,
    name TEXT NOT NULL,
    requests TEXT NOT NULL,     -- JSON, the slowest sampled requests of the endpoint
    PRIMARY KEY (run, method, name)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE observed_sources (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    target TEXT,                -- NULL for a function
    every_ms INTEGER NOT NULL,
    readings INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    failed_at_ms INTEGER,       -- the last failure; NULL without one
    failed_because TEXT,
    PRIMARY KEY (run, position)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE observed_series (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    unit TEXT,
    PRIMARY KEY (run, id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE observed_samples (
    run INTEGER NOT NULL,
    series INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    value REAL NOT NULL,
    PRIMARY KEY (run, series, at_ms),
    FOREIGN KEY (run, series) REFERENCES observed_series ON DELETE CASCADE
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- JSON [[ms, peak, [[class, count], ...]], ...] of the seconds of a wide window; NULL if all are like the fullest, or too much to keep
  ALTER TABLE windows ADD COLUMN user_seconds TEXT;
  `,
];
