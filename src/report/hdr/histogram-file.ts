import { ConfigurationError } from "../../core/errors.ts";
import { isLogLine } from "./interval-line.ts";
import { type IntervalLog, readIntervalLog } from "./interval-log.ts";
import type { LineFile } from "./line-file.ts";
import { isPercentileHeader, type PercentileText, readPercentileText } from "./percentile-text.ts";
import type { FileUnit, TimeUnit } from "./time-unit.ts";

export type HistogramContent = IntervalLog | PercentileText;

/** The maximum number of lines before the table. wrk2 prints some, and other tools may print more. */
const mostLinesBefore = 10_000;

/** Reads an HdrHistogram log or a percentile text. @throws ConfigurationError with the file and the line of the fault */
export function readHistogramFile(file: LineFile): HistogramContent {
  const content = readContent(file);
  if (countOf(content) === 0) throw new ConfigurationError(`${file.name} has no values: its histograms are empty`);
  return content;
}

/**
 * Returns the unit of the values in a file.
 * @param asked the unit of `--unit`, which is not needed for a file that states its unit
 * @throws ConfigurationError if the unit is not known
 */
export function unitOf(name: string, { unit: own }: HistogramContent, asked: TimeUnit | undefined): FileUnit {
  if (asked !== undefined && own.certainty !== "said")
    return { unit: asked, certainty: "asked", because: "as --unit says" };
  if (own.unit !== null) return own;
  throw new ConfigurationError(
    `${name} does not contain the unit of its values (${own.because}): give --unit ns, --unit us or --unit ms`,
  );
}

function readContent(file: LineFile): HistogramContent {
  for (const { text, number } of file.lines()) {
    if (isPercentileHeader(text)) return readPercentileText(file);
    if (isLogLine(text)) return readIntervalLog(file);
    if (number === 1 && text.startsWith("\u001f\ufffd")) {
      throw new ConfigurationError(`${file.name} is compressed with gzip: unpack it first`);
    }
    if (number === mostLinesBefore) break;
  }
  throw new ConfigurationError(
    `${file.name} is neither an HdrHistogram log (.hlog) nor a percentile text (.hgrm, or what wrk2 --latency prints)`,
  );
}

function countOf(content: HistogramContent): number {
  if (content.kind === "percentiles") return content.rows.at(-1)?.count ?? 0;
  return content.tags.values().reduce((sum, totals) => sum + totals.count, 0);
}
