import { styleFor } from "../../report/text/style.ts";
import { terminalSummary } from "../../report/text/terminal-summary.ts";
import { outputFiles, requireWritableFiles, takesStandardOutput } from "../../runner/outputs/output-files.ts";
import { writeFiles } from "../../runner/outputs/report-files.ts";
import { stdout } from "../../runner/process/standard-streams.ts";
import { RecordedSource } from "../../runner/recorded-source.ts";
import type { ReportOptions } from "../../runner/run-options.ts";
import { requireStore } from "../../runner/run-stores.ts";
import { storedResult } from "../../runner/stored-result.ts";
import { findRun } from "../../store/find-run.ts";

export interface ReportCommandOptions extends ReportOptions {
  readonly dataDir: string;
}

/** `muster report`: all of it from the store, as often as one likes. Without a file to write: the summary. */
export async function reportOnRun(word: string, options: ReportCommandOptions): Promise<void> {
  await requireWritableFiles(options);
  using store = requireStore(options.dataDir);
  const { id } = findRun(store.runs(), word);
  const result = storedResult(store, id);
  if (outputFiles(options).length === 0) stdout.write(terminalSummary(result, styleFor(stdout, process.env)));
  using source = new RecordedSource(store, id, result);
  const written = await writeFiles(options, source);
  if (!takesStandardOutput(options)) for (const path of written) stdout.write(`written: ${path}\n`);
}
