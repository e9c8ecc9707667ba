import { randomInt } from "node:crypto";
import { basename } from "node:path";
import { createLogger } from "../cli/terminal/logger.ts";
import { Screen } from "../cli/terminal/screen.ts";
import { buildResult } from "../report/result/build-result.ts";
import type { RecordedRun, Recording } from "../report/result/recording.ts";
import type { Result } from "../report/result/result-schema.ts";
import { styleFor } from "../report/text/style.ts";
import type { TestCodeError } from "../scenario/bundle/load-bundle.ts";
import { shownHostText } from "../scenario/definition/host.ts";
import { unnamed } from "../scenario/resolve/resolve.ts";
import { RunTotals } from "../stats/run-totals.ts";
import { nameOfTest } from "./load-test.ts";
import { stderr } from "./process/standard-streams.ts";
import { version } from "./process/version.ts";
import { writeAskedFiles } from "./publish-result.ts";
import { type AskedRun, newRunId } from "./run-definition.ts";
import type { RunOptions } from "./run-options.ts";

type AskedTest = Pick<AskedRun, "words"> & { readonly options: Pick<RunOptions, "file" | "profile" | "host" | "seed"> };

/**
 * Writes the files of a run whose test threw while this process loaded it: whoever reads them finds out why. Nothing began,
 * so nothing is kept.
 * @throws ConfigurationError when a file could not be written
 */
export async function writeUnloaded(asked: AskedRun, error: TestCodeError): Promise<void> {
  const result = unloadedResult(asked, error, new Date());
  const log = createLogger(asked.options.loglevel, new Screen(stderr), styleFor(stderr, process.env));
  const { id, test: testName, profile, host, startedAt: createdAt } = result.run;
  const unknown = { startedAt: null, activeAt: null, facts: null, progress: null };
  const run: RecordedRun = { id, state: "finished", testName, profile, host, createdAt, result, ...unknown };
  await writeAskedFiles({ result, recorded: () => ({ run, recording: nothing }) }, asked.options, log);
}

/** The result of such a run. What the test would have said, such as its host, nobody knows unless the command line does. */
function unloadedResult({ words, options }: AskedTest, error: TestCodeError, at: Date): Result {
  const file = options.file ?? words[0] ?? "";
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
