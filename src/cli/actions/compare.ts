import { ConfigurationError, exitCodes } from "../../core/errors.ts";
import type { AskedPart } from "../../report/comparison/asked-differences.ts";
import { comparisonReport } from "../../report/comparison/comparison-report.ts";
import { comparisonMarkdown } from "../../report/files/comparison-markdown.ts";
import type { TimeUnit } from "../../report/hdr/time-unit.ts";
import { comparisonHtml } from "../../report/page/html.ts";
import { withoutCommands } from "../../report/text/ci-commands.ts";
import { comparisonText } from "../../report/text/comparison-text.ts";
import { styleFor } from "../../report/text/style.ts";
import { jsonText, requireWritable, standardOutput, writeOutput } from "../../runner/outputs/output-file.ts";
import { processEnd } from "../../runner/process/process-end.ts";
import { stdout } from "../../runner/process/standard-streams.ts";
import { comparedSources } from "./compared-sources.ts";

export interface CompareOptions {
  readonly dataDir: string;
  readonly maxRegression?: number;
  readonly minChange: { readonly share: number; readonly ms: number };
  readonly json?: string;
  readonly markdown?: string;
  readonly html?: string;
  /** The differences between the settings of the runs that the comparison accepts. */
  readonly acceptDifferences: readonly AskedPart[];
  /** The unit of HdrHistogram files that do not name it. */
  readonly unit?: TimeUnit;
}

/** `muster compare`: prints or writes the changes from one run to the other, and sets the exit code. */
export async function compare(before: string, after: string, options: CompareOptions): Promise<void> {
  const { minChange, maxRegression = null, acceptDifferences: accepted } = options;
  for (const format of formats) await requireWritable(`--${format}`, options[format]);
  const [first, second] = await comparedSources(before, after, options);
  const { noSections } = [first, second].find((source) => source.noSections !== undefined) ?? {};
  if (maxRegression !== null && noSections !== undefined) {
    throw new ConfigurationError(`--max-regression cannot be judged: ${noSections}`);
  }
  const report = comparisonReport(first, second, { minimal: minChange, maxRegression, accepted });
  if (!formats.some((format) => options[format] === standardOutput)) {
    stdout.write(withoutCommands(comparisonText(report, styleFor(stdout, process.env))));
  }
  const texts = {
    json: () => jsonText(report),
    markdown: () => comparisonMarkdown(report),
    html: () => comparisonHtml(report, first, second),
  };
  for (const format of formats) {
    const file = options[format];
    if (file !== undefined) await writeOutput("the comparison", file, texts[format]());
  }
  if (maxRegression === null) return;
  if (report.isInvalid || !report.asked.isSame) processEnd.exitCode = exitCodes.invalid;
  else if (report.regressions.length > 0) processEnd.exitCode = exitCodes.thresholdFailed;
  // If something was not compared, it is unknown whether there is a regression.
  else if (report.unknownBecause !== null) processEnd.exitCode = exitCodes.invalid;
}

const formats = ["json", "markdown", "html"] as const;
