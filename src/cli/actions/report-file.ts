import { ConfigurationError } from "../../core/errors.ts";
import { type HistogramContent, readHistogramFile, unitOf } from "../../report/hdr/histogram-file.ts";
import { histogramText } from "../../report/hdr/histogram-text.ts";
import { LineFile } from "../../report/hdr/line-file.ts";
import { logReport } from "../../report/hdr/log-report.ts";
import { logTotals } from "../../report/hdr/log-totals.ts";
import { percentileReport } from "../../report/hdr/percentile-report.ts";
import { type TimeUnit, timeUnitNames, valuesPerMs } from "../../report/hdr/time-unit.ts";
import { millisecondsLine } from "../../report/hdr-percentiles.ts";
import { styleFor } from "../../report/text/style.ts";
import { jsonText, writeOutput } from "../../runner/outputs/output-file.ts";
import { outputFiles, requireWritableFiles, takesStandardOutput } from "../../runner/outputs/output-files.ts";
import { stdout } from "../../runner/process/standard-streams.ts";
import type { ReportOptions } from "../../runner/run-options.ts";

/** The number of ticks for each halving of the distance to 100 %, as in HdrHistogram's own tools. */
const ticksPerHalving = 5;

/** `muster report FILE`: prints the percentiles of an HdrHistogram file, or writes them to files. @throws ConfigurationError */
export async function reportOnFile(
  name: string,
  options: ReportOptions,
  askedUnit: TimeUnit | undefined,
): Promise<void> {
  const asked = outputFiles(options);
  for (const { format } of asked) {
    if (format === "json" || format === "hgrm") continue;
    throw new ConfigurationError(`--${format}: ${name} contains only response times; valid: --json, --hgrm`);
  }
  await requireWritableFiles(options);
  using file = new LineFile(name);
  const content = readHistogramFile(file);
  const unit = unitOf(name, content, askedUnit);
  if (askedUnit !== undefined && askedUnit !== unit.unit) {
    throw new ConfigurationError(
      `--unit ${askedUnit}: ${name} has ${timeUnitNames[unit.unit]}, ${unit.because}; leave --unit out`,
    );
  }
  const report = content.kind === "log" ? logReport(name, content, unit) : percentileReport(name, content, unit);
  if (asked.length === 0) stdout.write(histogramText(report, styleFor(stdout, process.env)));
  for (const { format, path } of asked) {
    await writeOutput(
      `--${format}`,
      path,
      format === "json" ? jsonText(report) : percentileText(name, content, unit.unit),
    );
  }
  if (!takesStandardOutput(options)) for (const { path } of asked) stdout.write(`written: ${path}\n`);
}

function percentileText(name: string, content: HistogramContent, unit: TimeUnit): string {
  if (content.kind === "percentiles") throw new ConfigurationError(`--hgrm: ${name} is a percentile text already`);
  const { total } = logTotals(content);
  return `${total.histogram().outputPercentileDistribution(ticksPerHalving, valuesPerMs[unit])}${millisecondsLine}\n`;
}
