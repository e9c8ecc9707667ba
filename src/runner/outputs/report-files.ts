import { ConfigurationError } from "../../core/errors.ts";
import { describeLimit, generatorLimitOf } from "../../core/generator-limit.ts";
import { type CsvRow, csvRow, rawCsvRow } from "../../report/files/csv-text.ts";
import { hdrLog } from "../../report/files/hdr-log.ts";
import { junitXml } from "../../report/files/junit-xml.ts";
import { exceptionsCsv, failuresCsv, groupsCsv, statsCsv, streamsCsv } from "../../report/files/locust-csv.ts";
import { historyCsv } from "../../report/files/locust-history.ts";
import { markdownSummary } from "../../report/files/markdown-summary.ts";
import { hdrPercentiles } from "../../report/hdr-percentiles.ts";
import { renderHtml } from "../../report/page/html.ts";
import { buildRunReport } from "../../report/page/run-report.ts";
import { StoreError } from "../../store/store-error.ts";
import type { CsvOptions, ReportFormat, ReportOptions } from "../run-options.ts";
import { jsonText, standardOutput, writeOutput } from "./output-file.ts";
import { outputFiles } from "./output-files.ts";
import type { ReportSource } from "./run-output.ts";

/** Makes the content of a file. @param row makes a line of CSV */
type Content = (source: ReportSource, row: CsvRow) => Iterable<string>;

/** The contents of the files of each format, in the order of the suffixes in `output-files.ts`. */
const contents: Readonly<Record<ReportFormat, readonly Content[]>> = {
  html: [({ result, recorded }) => [renderHtml(buildRunReport({ ...recorded(), result }))]],
  json: [({ result }) => [jsonText(result)]],
  csv: [
    ({ result }, row) => statsCsv(result, row),
    ({ result, recorded }, row) => historyCsv(result, recorded().recording, row),
    ({ result }, row) => failuresCsv(result, row),
    ({ result }, row) => exceptionsCsv(result, row),
    ({ result }, row) => groupsCsv(result, row),
    ({ result }, row) => streamsCsv(result, row),
  ],
  junit: [({ result }) => [junitXml(result)]],
  markdown: [({ result }) => [markdownSummary(result)]],
  hlog: [({ result, recorded }) => hdrLog(result, recorded().recording)],
  hgrm: [({ recorded }) => hdrPercentiles(recorded().recording.totals().merged().responseTime)],
};

/** Returns the content of one file. @param position the index among the files of the format */
export function reportFileContent(format: ReportFormat, position: number, source: ReportSource): string {
  return [...(contents[format][position]?.(source, csvRow) ?? [])].join("");
}

/**
 * Writes all report files that the options name, even if some of them cannot be written.
 * @param isWanted whether to write the file with a path; by default, all are written
 * @returns the paths of the files, and an error that names the files that could not be written; null if there are none
 */
export async function writeFiles(
  asked: ReportOptions & CsvOptions,
  source: ReportSource,
  isWanted: (path: string) => boolean = () => true,
): Promise<{ readonly written: string[]; readonly problem: Error | null }> {
  const row = asked.csvRaw === true ? rawCsvRow : csvRow;
  const written: string[] = [];
  const problems: Error[] = [];
  // The result first: it is small, and it has the verdict.
  const resultFirst = outputFiles(asked).toSorted((a, b) => Number(b.format === "json") - Number(a.format === "json"));
  for (const { format, position, path } of resultFirst) {
    if (!isWanted(path)) continue;
    try {
      await writeOutput(`--${format}`, path, contents[format][position]?.(source, row) ?? []);
      if (path !== standardOutput) written.push(path);
    } catch (error) {
      problems.push(named(`--${format}`, path, error as Error));
    }
  }
  const defect = problems.find((one) => !(one instanceof ConfigurationError));
  const [first = null, ...others] = problems;
  if (defect !== undefined || others.length === 0) return { written, problem: defect ?? first };
  const problem = new ConfigurationError(problems.map(({ message }) => message).join("; "), { cause: first });
  return { written, problem };
}

/** Adds the name of the file to errors that do not have it, such as an error of the store. */
function named(flag: string, path: string, error: Error): Error {
  if (error instanceof StoreError) {
    return new ConfigurationError(`${flag} cannot be written to ${path}: ${error.message}`, { cause: error });
  }
  const { code = "" } = error as NodeJS.ErrnoException;
  const limit = generatorLimitOf(code);
  return limit === undefined
    ? error
    : new ConfigurationError(`${flag} ${path}: ${describeLimit(code, limit)}: ${limit.remedy}`, { cause: error });
}
