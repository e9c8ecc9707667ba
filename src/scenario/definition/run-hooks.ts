/** A run, as the hooks of its test see it. */
export interface RunHookContext {
  readonly runId: string;
  readonly profile: string;
}

/** One worker in a run. */
export interface WorkerHookContext extends RunHookContext {
  /** The number of the worker in the run, from 1. */
  readonly worker: number;
}

/** The run that begins. */
export interface RunStartContext extends RunHookContext {
  /** The base URL, without user and password. */
  readonly host: string;
  /** Whether this master resumes a run that was begun by another master, which has ended. */
  readonly isResumed: boolean;
}

/** The main fields of the result of a run. `Result` of `muster-load/result` has all fields. */
export interface RunResult {
  readonly verdict: string;
  readonly exitCode: number;
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
  readonly total: { readonly requests: number; readonly failures: number };
}

export interface RunEndContext extends RunStartContext {
  /** The result as in `--json`. A copy: changing it has no effect. */
  readonly result: RunResult;
}

/**
 * Code that runs once per worker or once per run. A promise that a hook returns is awaited. A hook that throws or takes too
 * long causes a warning; it changes neither the load nor the verdict.
 */
export interface RunHooks {
  /** Runs on each worker when it has loaded the test, before `setup` and before its users start; at most 30 s. */
  onWorkerStart?(context: WorkerHookContext): unknown;
  /** Runs on each worker when its last user has stopped, before `teardown`; at most 5 s. */
  onWorkerStop?(context: WorkerHookContext): unknown;
  /** Runs on the master before the workers get the test; at most 60 s. */
  onRunStart?(context: RunStartContext): unknown;
  /** Runs on the master when the result is known and its files are written, also after an abort; at most 60 s. */
  onRunEnd?(context: RunEndContext): unknown;
}

/** How long each hook may take. */
const hookTimeoutsMs = {
  // Shorter than the time in which a worker must load the test.
  onWorkerStart: 30_000,
  // Shorter than the time that the master waits for a worker that stops.
  onWorkerStop: 5_000,
  onRunStart: 60_000,
  onRunEnd: 60_000,
} as const;

/**
 * Runs a hook.
 * @throws the hook's exception, or an error if the hook does not end within `timeoutMs`
 */
export async function runHook(
  name: keyof RunHooks,
  code: () => unknown,
  timeoutMs: number = hookTimeoutsMs[name],
): Promise<void> {
  const late = Promise.withResolvers<never>();
  const text = `it did not end within ${timeoutMs / 1_000} s, and is no longer waited for`;
  const timer = setTimeout(() => late.reject(new Error(`${name}: ${text}`)), timeoutMs);
  try {
    await Promise.race([(async () => await code())(), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
