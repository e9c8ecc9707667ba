import { Command } from "commander";
import type { ReportCommandOptions } from "../actions/report.ts";
import { addDataDirOption } from "../options/options.ts";
import { addReportOptions } from "../options/report-options.ts";

export function reportCommand(): Command {
  const command = new Command("report").description("show a run that was kept, or write files of it");
  return addReportOptions(addDataDirOption(command))
    .argument("<run>", "an id or its beginning, a name, last or previous")
    .action(async (run: string, options: ReportCommandOptions) => {
      const { reportOnRun } = await import("../actions/report.ts");
      await reportOnRun(run, options);
    });
}
