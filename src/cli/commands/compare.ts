import { Command, InvalidArgumentError } from "commander";
import { usualMinimalChange } from "../../analysis/comparison/figure-scale.ts";
import type { CompareOptions } from "../actions/compare.ts";
import { option } from "../options/option.ts";
import * as value from "../options/option-values.ts";
import { addDataDirOption, unitOption } from "../options/options.ts";

export function compareCommand(): Command {
  const command = new Command("compare").description("say what has changed from one run to another, beyond chance");
  return addDataDirOption(command)
    .argument("<before>", "an id or its beginning, a name, last, previous, a baseline file, or one of HdrHistogram")
    .argument("<after>", "the same, of the run to be judged")
    .addOption(
      option(
        "--max-regression <percent>",
        "exit code 99 when anything is certainly worse, and by more than this",
      ).argParser(value.percentage),
    )
    .addOption(
      option("--min-change <percent,time>", "smaller changes are none, however certain: of any figure, and of times")
        .argParser(minimalChange)
        .default(usualMinimalChange, "5%,1ms"),
    )
    .addOption(unitOption())
    .option("--json <file>", "write the comparison to this file; - is standard output")
    .option("--html <file>", "a page with the charts of both runs over each other")
    .option("--markdown <file>", "the same, as a comment for a pull request")
    .action(async (before: string, after: string, options: CompareOptions) => {
      const { compare } = await import("../actions/compare.ts");
      await compare(before, after, options);
    });
}

function minimalChange(text: string): { share: number; ms: number } {
  const [share, ms, ...rest] = text.split(",");
  if (share === undefined || rest.length > 0) throw new InvalidArgumentError('Expected for example "5%,1ms".');
  return { share: value.percentage(share), ms: ms === undefined ? usualMinimalChange.ms : value.duration(ms) };
}
