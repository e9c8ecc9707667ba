import { ConfigurationError } from "../../core/errors.ts";
import { describeLimit, generatorLimitOf } from "../../core/generator-limit.ts";
import { hdrLog } from "../../report/files/hdr-log.ts";
import { junitXml } from "../../report/files/junit-xml.ts";
import { exceptionsCsv, failuresCsv, statsCsv } from "../../report/files/locust-csv.ts";
import { historyCsv } from "../../report/files/locust-history.ts";
import { markdownSummary } from "../../report/files/markdown-summary.ts";
import { hdrPercentiles } from "../../report/hdr-percentiles.ts";
import { renderHtml } from "../../report/page/html.ts";
import { buildRunReport } from "../../report/page/run-report.ts";
import type { ReportFormat, ReportOptions } from "../run-options.ts";
import { jsonText, standardOutput, writeOutput } from "./output-file.ts";
import { outputFiles } from "./output-files.ts";
import type { ReportSource } from "./run-output.ts";

type Content = (source: ReportSource) => Iterable<string>;

/** The contents of the files of each format, in the order of the suffixes in `output-files.ts`. */
const contents: Readonly<Record<ReportFormat, readonly Content[]>> = {
  html: [({ result, recorded }) => [renderHtml(buildRunReport({ ...recorded(), result }))]],
  json: [({ result }) => [jsonText(result)]],
  csv: [
    ({ result }) => statsCsv(result),
    ({ result, recorded }) => historyCsv(result, recorded().recording),
    ({ result }) => failuresCsv(result),
    ({ result }) => exceptionsCsv(result),
  ],
  junit: [({ result }) => [junitXml(result)]],
  markdown: [({ result }) => [markdownSummary(result)]],
  hlog: [({ result, recorded }) => hdrLog(result, recorded().recording)],
  hgrm: [({ recorded }) => hdrPercentiles(recorded().recording.totals().merged().responseTime)],
};

/** The content of one file. @param position its index among the files of the format */
export function reportFileContent(format: ReportFormat, position: number, source: ReportSource): string {
  return [...(contents[format][position]?.(source) ?? [])].join("");
}

/**
 * Writes all report files that the options name, even if some of them cannot be written.
 * @returns the paths of the files
 * @throws ConfigurationError or StoreError when one or more could not be written
 */
export async function writeFiles(asked: ReportOptions, source: ReportSource): Promise<string[]> {
  const written: string[] = [];
  const problems: unknown[] = [];
  for (const { format, position, path } of outputFiles(asked)) {
    try {
      await writeOutput(`--${format}`, path, contents[format][position]?.(source) ?? []);
      if (path !== standardOutput) written.push(path);
    } catch (error) {
      problems.push(unlessOutOfDescriptors(`--${format} ${path}`, error));
    }
  }
  const [first, ...others] = problems;
  if (others.length > 0 && problems.every((one) => one instanceof ConfigurationError)) {
    throw new ConfigurationError(problems.map((one) => (one as Error).message).join("; "), { cause: first });
  }
  if (first !== undefined) throw first;
  return written;
}

/** Explains an error that means that the process has no descriptors left. */
function unlessOutOfDescriptors(what: string, error: unknown): unknown {
  const { code = "" } = error as { readonly code?: string };
  const limit = generatorLimitOf(code);
  return limit === undefined
    ? error
    : new ConfigurationError(`${what}: ${describeLimit(code, limit)}: ${limit.remedy}`, { cause: error });
}
