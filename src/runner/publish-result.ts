import { appendFile } from "node:fs/promises";
import type { Logger } from "pino";
import { githubAnnotations } from "../report/files/github-annotations.ts";
import { markdownSummary } from "../report/files/markdown-summary.ts";
import type { Result } from "../report/result/result-schema.ts";
import { styleFor } from "../report/text/style.ts";
import { terminalSummary } from "../report/text/terminal-summary.ts";
import { type AskedOutputs, askedFiles, takesStandardOutput } from "./output-files.ts";
import { stderr, stdout } from "./process/standard-streams.ts";
import { RecordedSource } from "./recorded-source.ts";
import type { ReportSource } from "./report-files.ts";
import type { RunDefinition } from "./run-definition.ts";

type Published = Pick<RunDefinition, "store" | "storage" | "runId">;

/**
 * The one place where a run that has ended is told: kept, shown, written to all files that were asked for. However it
 * ended, it comes here.
 * @param streamed the file that was written while it went on
 * @throws ConfigurationError or StoreError when a file could not be written; all others are then
 */
export async function publishResult(
  run: Published,
  result: Result,
  asked: AskedOutputs,
  log: Logger,
  streamed: string | null,
): Promise<void> {
  keepResult(run, result, log);
  if (!takesStandardOutput(asked)) stdout.write(terminalSummary(result, styleFor(stdout, process.env)));
  using source = new RecordedSource(run.store, run.runId, result);
  tellWritten(streamed === null ? [] : [streamed], asked);
  await writeAskedFiles(source, asked, log);
}

function tellWritten(paths: readonly string[], asked: AskedOutputs): void {
  if (!takesStandardOutput(asked)) for (const path of paths) stdout.write(`  written: ${path}\n`);
}

/**
 * For programs: all files that were asked for, and what a job of GitHub actions is told.
 * @throws ConfigurationError or StoreError when a file could not be written; all others are then
 */
export async function writeAskedFiles(source: ReportSource, asked: AskedOutputs, log: Logger): Promise<void> {
  await tellGithub(source.result, log);
  if (askedFiles(asked).length === 0) return;
  // What they are made with is not needed before.
  const { writeFiles } = await import("./report-files.ts");
  tellWritten(await writeFiles(asked, source), asked);
}

/** A store that fails now has said so already, or takes nothing from the result that is printed. */
function keepResult({ storage }: Published, result: Result, log: Logger): void {
  try {
    storage?.saveResult(result);
  } catch (error) {
    log.warn(`the result is not in the store: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** In a job of GitHub actions: a summary on its page, and annotations. Standard error is read for these too. */
async function tellGithub(result: Result, log: Logger): Promise<void> {
  const { GITHUB_STEP_SUMMARY: summary, GITHUB_ACTIONS: isJob } = process.env;
  if (isJob === "true") for (const line of githubAnnotations(result)) stderr.write(`${line}\n`);
  if (summary === undefined || summary === "") return;
  try {
    await appendFile(summary, `${markdownSummary(result)}\n`);
  } catch (error) {
    log.warn(`the job's summary cannot be written: ${(error as Error).message}`);
  }
}
