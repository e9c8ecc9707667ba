import { styleFor } from "../report/style.ts";
import { terminalSummary } from "../report/terminal-summary.ts";
import { findRun } from "../store/find-run.ts";
import { askedFiles, requireWritableFiles, takesStandardOutput } from "./asked-files.ts";
import { requireStore } from "./existing-store.ts";
import { RecordedSource } from "./recorded-source.ts";
import { writeFiles } from "./report-files.ts";
import type { ReportOptions } from "./report-options.ts";
import { storedResult } from "./stored-result.ts";
import { stdout } from "./terminal/standard-streams.ts";

export interface ReportCommandOptions extends ReportOptions {
  readonly dataDir: string;
}

/** `muster report`: all of it from the store, as often as one likes. Without a file to write: the summary. */
export async function reportOnRun(word: string, options: ReportCommandOptions): Promise<void> {
  await requireWritableFiles(options);
  using store = requireStore(options.dataDir);
  const { id } = findRun(store.runs(), word);
  const result = storedResult(store, id);
  if (askedFiles(options).length === 0) stdout.write(terminalSummary(result, styleFor(stdout, process.env)));
  using source = new RecordedSource(store, id, result);
  const written = await writeFiles(options, source);
  if (!takesStandardOutput(options)) for (const path of written) stdout.write(`written: ${path}\n`);
}
