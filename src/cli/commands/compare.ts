import { Command, InvalidArgumentError } from "commander";
import { usualMinimalChange } from "../../analysis/comparison/figure-scale.ts";
import { type AskedPart, askedParts } from "../../report/comparison/asked-differences.ts";
import type { CompareOptions } from "../actions/compare.ts";
import { option } from "../options/option.ts";
import * as value from "../options/option-values.ts";
import { addDataDirOption, unitOption } from "../options/options.ts";

export function compareCommand(): Command {
  const command = new Command("compare").description("show the significant changes between two runs");
  return addDataDirOption(command)
    .argument("<before>", "an id or its beginning, a name, last, previous, a baseline file, or a file of HdrHistogram")
    .argument("<after>", "the run to judge, given in the same way")
    .addOption(
      option(
        "--max-regression <percent>",
        "exit with code 99 if a metric is significantly worse by more than this",
      ).argParser(value.percentage),
    )
    .addOption(
      option(
        "--min-change <percent,time>",
        "ignore smaller changes, even if significant: a share for all metrics, a time for times",
      )
        .argParser(minimalChange)
        .default(usualMinimalChange, "5%,1ms"),
    )
    .addOption(
      option(
        "--accept-differences <parts>",
        `judge although the runs differ in these settings: ${askedParts.join(", ")}; separate several by commas`,
      )
        .argParser(parts)
        .default([], "none"),
    )
    .addOption(unitOption())
    .option("--json <file>", "write the comparison as JSON; - is standard output")
    .option("--html <file>", "write a page with the charts of both runs overlaid")
    .option("--markdown <file>", "write the comparison as a comment for a pull request; - is standard output")
    .action(async (before: string, after: string, options: CompareOptions) => {
      const { compare } = await import("../actions/compare.ts");
      await compare(before, after, options);
    });
}

function parts(text: string): AskedPart[] {
  return text.split(",").map((name) => {
    const part = askedParts.find((one) => one === name.trim());
    if (part === undefined) throw new InvalidArgumentError(`Expected one or more of ${askedParts.join(", ")}.`);
    return part;
  });
}

function minimalChange(text: string): { share: number; ms: number } {
  const [share, ms, ...rest] = text.split(",");
  if (share === undefined || rest.length > 0) throw new InvalidArgumentError('Expected for example "5%,1ms".');
  return { share: value.percentage(share), ms: ms === undefined ? usualMinimalChange.ms : value.duration(ms) };
}
