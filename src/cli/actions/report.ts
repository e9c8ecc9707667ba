import { ConfigurationError } from "../../core/errors.ts";
import type { TimeUnit } from "../../report/hdr/time-unit.ts";
import { runFacts } from "../../report/result/run-facts.ts";
import { withoutCommands } from "../../report/text/ci-commands.ts";
import { styleFor } from "../../report/text/style.ts";
import { terminalSummary } from "../../report/text/terminal-summary.ts";
import { outputFiles, requireWritableFiles, takesStandardOutput } from "../../runner/outputs/output-files.ts";
import { writeFiles } from "../../runner/outputs/report-files.ts";
import { stdout } from "../../runner/process/standard-streams.ts";
import { RecordedSource } from "../../runner/recorded-source.ts";
import type { CsvOptions, ReportOptions } from "../../runner/run-options.ts";
import { readRun, readStore } from "../../runner/run-stores.ts";
import { storedResult } from "../../runner/stored-result.ts";
import { findRun } from "../../store/find-run.ts";
import type { Store } from "../../store/store.ts";
import { fileOf } from "./run-or-file.ts";

export interface ReportCommandOptions extends ReportOptions, CsvOptions {
  readonly dataDir: string;
  /** The unit of HdrHistogram files that do not name it. */
  readonly unit?: TimeUnit;
}

/** `muster report`: reports on a run in the store or on an HdrHistogram file. The library that reads such files is loaded only for them. */
export async function report(word: string, options: ReportCommandOptions): Promise<void> {
  const file = fileOf(word);
  if (file !== null) {
    const { reportOnFile } = await import("./report-file.ts");
    await reportOnFile(file, options, options.unit);
    return;
  }
  if (options.unit !== undefined) {
    throw new ConfigurationError(`--unit is for files of HdrHistogram: ${word} is a run, whose times have a unit`);
  }
  await reportOnRun(word, options);
}

/** Writes the report files of a stored run, or prints its summary if no file is requested. */
async function reportOnRun(word: string, options: ReportCommandOptions): Promise<void> {
  await requireWritableFiles(options);
  await readStore(options.dataDir, (store) => reportOf(store, word, options));
}

async function reportOf(store: Store, word: string, options: ReportCommandOptions): Promise<void> {
  const { id, result } = readRun(store, () => {
    const found = findRun(store.runs(), word);
    // The HTML page also needs the facts of the run.
    if (options.html !== undefined) runFacts.nullable().parse(store.run(found.id)?.facts);
    return { id: found.id, result: storedResult(store, found.id) };
  });
  if (outputFiles(options).length === 0)
    stdout.write(withoutCommands(terminalSummary(result, styleFor(stdout, process.env), stdout.columns)));
  using source = new RecordedSource(store, id, result);
  const { written, problem } = await writeFiles(options, source);
  if (!takesStandardOutput(options)) for (const path of written) stdout.write(`written: ${path}\n`);
  if (problem !== null) throw problem;
}
