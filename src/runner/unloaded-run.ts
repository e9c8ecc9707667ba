import { randomInt } from "node:crypto";
import { basename } from "node:path";
import type { RecordedRun, Recording } from "../report/result/recording.ts";
import { resultOf } from "../report/result/result-of.ts";
import type { Result } from "../report/result/result-schema.ts";
import { storedRunData } from "../report/result/stored-run-data.ts";
import type { TestCodeError } from "../scenario/bundle/load-bundle.ts";
import { shownHostText } from "../scenario/definition/host.ts";
import { unnamed } from "../scenario/resolve/resolve.ts";
import { nothingObserved } from "../stats/observed-series.ts";
import { RunTotals } from "../stats/run-totals.ts";
import type { RunnerContext } from "./execution.ts";
import { nameOfTest } from "./load-test.ts";
import { RunOutputs } from "./outputs/run-outputs.ts";
import { version } from "./process/version.ts";
import { newRunId } from "./run-definition.ts";
import type { RunRequest } from "./run-request.ts";

/**
 * Publishes the result of a run whose test threw while this process loaded it, so that programs that read report files get the
 * reason. Nothing is stored, because no run began.
 * @throws ConfigurationError when a report file cannot be written
 */
export async function publishUnloaded(
  request: RunRequest,
  error: TestCodeError,
  { createOutputs, log }: Pick<RunnerContext, "createOutputs" | "log">,
): Promise<void> {
  const run = unloadedRun(request, new Date());
  const result = unloadedResult(run, request.options.seed ?? randomInt(2 ** 31), error);
  const outputs = new RunOutputs(createOutputs(), log);
  try {
    await outputs.finish({ result, recorded: () => ({ run, recording: nothing }) });
  } finally {
    outputs.close();
  }
}

/** Describes a run without its test. Facts that only the test has, such as its host, are empty unless an option gives them. */
function unloadedRun({ args, options }: RunRequest, at: Date): RecordedRun {
  return {
    id: newRunId(),
    state: "finished",
    testName: nameOfTest(basename(options.file ?? args[0] ?? "")),
    profile: options.profile ?? unnamed,
    host: shownHostText(options.host ?? ""),
    createdAt: at.toISOString(),
    startedAt: null,
    activeAt: null,
    facts: null,
    progress: null,
    ended: null,
    result: null,
  };
}

function unloadedResult(run: RecordedRun, seed: number, { message }: TestCodeError): Result {
  const data = storedRunData(run, nothing);
  const facts = { ...data.facts, seed, musterVersion: version };
  return resultOf({ ...data, facts, ending: { kind: "test-code-threw", message } });
}

const nothing: Recording = {
  totals: () => new RunTotals(),
  windows: () => [],
  health: () => [],
  workers: () => [],
  controls: () => [],
  events: () => [],
  shared: () => [],
  observed: () => nothingObserved,
  ledger: () => ({ reports: 0, duplicates: 0, missing: [] }),
};
