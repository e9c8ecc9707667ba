import { readFileSync, statSync } from "node:fs";
import { ConfigurationError, exitCodes } from "../../core/errors.ts";
import { comparisonReport } from "../../report/comparison/comparison-report.ts";
import { comparisonMarkdown } from "../../report/files/comparison-markdown.ts";
import { comparisonHtml } from "../../report/page/html.ts";
import { type Baseline, baselineSchema } from "../../report/result/baseline.ts";
import { comparisonText } from "../../report/text/comparison-text.ts";
import { styleFor } from "../../report/text/style.ts";
import { jsonText, requireWritable, standardOutput, writeOutput } from "../../runner/outputs/output-file.ts";
import { processEnd } from "../../runner/process/process-end.ts";
import { stdout } from "../../runner/process/standard-streams.ts";
import { baselineOfRun } from "../../runner/run-baseline.ts";
import { requireStore } from "../../runner/run-stores.ts";

export interface CompareOptions {
  readonly dataDir: string;
  readonly maxRegression?: number;
  readonly minChange: { readonly share: number; readonly ms: number };
  readonly json?: string;
  readonly markdown?: string;
  readonly html?: string;
}

/** Compares two runs, tells what has changed, and sets the exit code. */
export async function compare(before: string, after: string, options: CompareOptions): Promise<void> {
  const { minChange, maxRegression = null, dataDir } = options;
  for (const format of formats) await requireWritable(`--${format}`, options[format]);
  const [first, second] = [baselineOf(before, dataDir), baselineOf(after, dataDir)];
  const report = comparisonReport(first, second, { minimal: minChange, maxRegression });
  if (!formats.some((format) => options[format] === standardOutput)) {
    stdout.write(comparisonText(report, styleFor(stdout, process.env)));
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
  if (report.isInvalid) processEnd.exitCode = exitCodes.invalid;
  else if (report.regressions.length > 0) processEnd.exitCode = exitCodes.thresholdFailed;
}

const formats = ["json", "markdown", "html"] as const;

/** What `word` means: a file where there is one of that name, else a run. */
function baselineOf(word: string, dataDir: string): Baseline {
  if (statSync(word, { throwIfNoEntry: false })?.isFile() === true) return readBaseline(word);
  if (/[/\\]|\.json$/.test(word)) throw new ConfigurationError(`there is no baseline file ${word}`);
  using store = requireStore(dataDir);
  return baselineOfRun(store, word);
}

function readBaseline(file: string): Baseline {
  const wanted = "a baseline is what muster runs export writes";
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new ConfigurationError(`${file} cannot be read (${(cause as Error).message}): ${wanted}`, { cause });
  }
  const { data, error } = baselineSchema.safeParse(content);
  if (data !== undefined) return data;
  const [issue] = error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  throw new ConfigurationError(`${file} is no baseline (${where}${issue?.message ?? "no JSON object"}): ${wanted}`);
}
