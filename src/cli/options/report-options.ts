import type { Command } from "commander";
import type { ReportFormat } from "../../runner/run-options.ts";
import { option } from "./option.ts";

const descriptions: Readonly<Record<ReportFormat, readonly [placeholder: string, description: string]>> = {
  html: ["file", "write an HTML report, one file that needs no network"],
  json: ["file", "write the result as JSON; - is standard output"],
  csv: [
    "prefix",
    "write Locust's four CSV files: PREFIX_stats.csv, _stats_history.csv, _failures.csv, _exceptions.csv; and _groups.csv, _streams.csv",
  ],
  junit: ["file", "write thresholds and checks as JUnit XML; - is standard output"],
  markdown: ["file", "write a summary in Markdown; - is standard output"],
  hlog: ["file", "write an HdrHistogram log, with one tag per endpoint"],
  hgrm: ["file", "write HdrHistogram's percentile distribution of all response times as text"],
};

export function addReportOptions(command: Command): Command {
  for (const [name, [placeholder, description]] of Object.entries(descriptions)) {
    command.addOption(option(`--${name} <${placeholder}>`, description));
  }
  command.addOption(
    option("--csv-raw", "do not escape texts in CSV files, as Locust does; a spreadsheet may read some as formulas"),
  );
  return command;
}
