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

/** By format: what is in its files, in the order of `suffixes`. */
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

/** What is in one file; `position` is among those of its format. */
export function reportFileContent(format: ReportFormat, position: number, source: ReportSource): string {
  return [...(contents[format][position]?.(source) ?? [])].join("");
}

/**
 * Writes all files that were asked for; what cannot be written does not keep the others from it.
 * @returns the paths written
 * @throws ConfigurationError, or what a store throws, when one or more could not be written
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

/** What a file is made of is read when it is needed. */
function unlessOutOfDescriptors(what: string, error: unknown): unknown {
  const { code = "" } = error as { readonly code?: string };
  const limit = generatorLimitOf(code);
  return limit === undefined
    ? error
    : new ConfigurationError(`${what}: ${describeLimit(code, limit)}: ${limit.remedy}`, { cause: error });
}
