import { Command, InvalidArgumentError } from "commander";
import { usualMinimalChange } from "../../analysis/comparison/figure-scale.ts";
import { type AskedPart, askedParts } from "../../report/comparison/asked-differences.ts";
import type { CompareOptions } from "../actions/compare.ts";
import { option } from "../options/option.ts";
import * as value from "../options/option-values.ts";
import { addDataDirOption, unitOption } from "../options/options.ts";

export function compareCommand(): Command {
  const command = new Command("compare").description("show what has changed between two runs, beyond chance");
  return addDataDirOption(command)
    .argument("<before>", "an id or its beginning, a name, last, previous, a baseline file, or a file of HdrHistogram")
    .argument("<after>", "the same, for the run to be judged")
    .addOption(
      option(
        "--max-regression <percent>",
        "end with exit code 99 if anything is certainly worse by more than this",
      ).argParser(value.percentage),
    )
    .addOption(
      option(
        "--min-change <percent,time>",
        "ignore smaller changes, even if they are certain: for any figure, and for times",
      )
        .argParser(minimalChange)
        .default(usualMinimalChange, "5%,1ms"),
    )
    .addOption(
      option(
        "--accept-differences <parts>",
        `compare although the runs were asked differently: ${askedParts.join(", ")}; separate several by commas`,
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
