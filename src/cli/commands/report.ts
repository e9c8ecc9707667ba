import { Command } from "commander";
import type { ReportCommandOptions } from "../actions/report.ts";
import { addDataDirOption, unitOption } from "../options/options.ts";
import { addReportOptions } from "../options/report-options.ts";

export function reportCommand(): Command {
  const command = new Command("report").description("show a stored run, or write its files");
  return addReportOptions(addDataDirOption(command))
    .argument(
      "<run...>",
      "an id or its beginning, a name, last, previous, or a file of HdrHistogram (.hlog, .hgrm); several runs with --html are shown side by side",
    )
    .addOption(unitOption())
    .action(async (runs: string[], options: ReportCommandOptions) => {
      const [run = "", ...others] = runs;
      if (others.length > 0) {
        const { reportOnRuns } = await import("../actions/report-runs.ts");
        await reportOnRuns(runs, options);
        return;
      }
      const { report } = await import("../actions/report.ts");
      await report(run, options);
    });
}
