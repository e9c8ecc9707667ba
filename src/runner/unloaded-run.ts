import { randomInt } from "node:crypto";
import { basename } from "node:path";
import { buildResult } from "../report/result/build-result.ts";
import type { RecordedRun, Recording } from "../report/result/recording.ts";
import type { Result } from "../report/result/result-schema.ts";
import type { TestCodeError } from "../scenario/bundle/load-bundle.ts";
import { shownHostText } from "../scenario/definition/host.ts";
import { unnamed } from "../scenario/resolve/resolve.ts";
import { RunTotals } from "../stats/run-totals.ts";
import type { RunnerContext } from "./execution.ts";
import { nameOfTest } from "./load-test.ts";
import { RunOutputs } from "./outputs/run-outputs.ts";
import { version } from "./process/version.ts";
import { newRunId, type RunRequest } from "./run-definition.ts";

/**
 * Publishes the result of a run whose test threw while this process loaded it, so that programs that read report files
 * learn the reason. Nothing is stored, because nothing began.
 * @throws ConfigurationError when a report file cannot be written
 */
export async function publishUnloaded(
  request: RunRequest,
  error: TestCodeError,
  { createOutputs, log }: Pick<RunnerContext, "createOutputs" | "log">,
): Promise<void> {
  const result = unloadedResult(request, error, new Date());
  const { id, test: testName, profile, host, startedAt: createdAt } = result.run;
  const unknown = { startedAt: null, activeAt: null, facts: null, progress: null };
  const run: RecordedRun = { id, state: "finished", testName, profile, host, createdAt, result, ...unknown };
  const outputs = new RunOutputs(createOutputs(), log);
  try {
    await outputs.finish({ result, recorded: () => ({ run, recording: nothing }) });
  } finally {
    outputs.close();
  }
}

/** What only the test says, such as its host, stays empty unless an option gives it. */
function unloadedResult({ args, options }: RunRequest, error: TestCodeError, at: Date): Result {
  const file = options.file ?? args[0] ?? "";
  return buildResult({
    run: {
      id: newRunId(),
      test: nameOfTest(basename(file)),
      profile: options.profile ?? unnamed,
      host: shownHostText(options.host ?? ""),
      startedAt: at.toISOString(),
      durationMs: 0,
      workers: 0,
      seed: options.seed ?? randomInt(2 ** 31),
      musterVersion: version,
    },
    verdict: { verdict: "aborted", exitCode: error.exitCode, reasons: [error.message], thresholds: [] },
    totals: new RunTotals(),
    rest: {
      warnings: [],
      lifecycleRequests: [],
      peakUsers: 0,
      users: {},
      events: [],
      workers: [],
      ledger: noLedger,
    },
  });
}

const noLedger: Result["ledger"] = { reports: 0, duplicates: 0, missing: [] };

const nothing: Recording = {
  totals: () => new RunTotals(),
  windows: () => [],
  health: () => [],
  workers: () => [],
  controls: () => [],
  events: () => [],
  ledger: () => noLedger,
};
