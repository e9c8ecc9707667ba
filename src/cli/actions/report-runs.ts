import { usualMinimalChange } from "../../analysis/comparison/figure-scale.ts";
import { ConfigurationError } from "../../core/errors.ts";
import { comparisonReport } from "../../report/comparison/comparison-report.ts";
import { sideBySideHtml } from "../../report/page/html.ts";
import type { Baseline } from "../../report/result/baseline.ts";
import { writeOutput } from "../../runner/outputs/output-file.ts";
import { outputFiles, requireWritableFiles, takesStandardOutput } from "../../runner/outputs/output-files.ts";
import { stdout } from "../../runner/process/standard-streams.ts";
import { baselineOf } from "./compared-sources.ts";
import type { ReportCommandOptions } from "./report.ts";

/** The most runs on one page. More lines in one chart would not be distinguishable. */
const mostRuns = 8;

/** `muster report RUN RUN… --html FILE`: shows several runs on one page. @throws ConfigurationError */
export async function reportOnRuns(words: readonly string[], options: ReportCommandOptions): Promise<void> {
  if (words.length > mostRuns)
    throw new ConfigurationError(`${words.length} runs: at most ${mostRuns} fit on one page`);
  const others = outputFiles(options).find(({ format }) => format !== "html");
  if (others !== undefined) throw new ConfigurationError(`--${others.format} takes one run; several runs need --html`);
  if (options.html === undefined) throw new ConfigurationError("several runs are shown side by side by --html FILE");
  if (options.unit !== undefined) throw new ConfigurationError("--unit is for one file of HdrHistogram");
  await requireWritableFiles(options);
  const runs: Baseline[] = [];
  for (const word of words) {
    const baseline = await baselineOf(word, options.dataDir);
    if (baseline === null) throw new ConfigurationError(`${word}: several runs must be runs or baseline files`);
    runs.push(baseline);
  }
  const comparisons = runs.slice(1).flatMap((after, position) => {
    const before = runs[position];
    return before === undefined
      ? []
      : [comparisonReport(before, after, { minimal: usualMinimalChange, maxRegression: null })];
  });
  await writeOutput("--html", options.html, sideBySideHtml(runs, comparisons));
  if (!takesStandardOutput(options)) stdout.write(`written: ${options.html}\n`);
}
