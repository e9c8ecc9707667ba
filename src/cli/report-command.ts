import { Command } from "commander";
import { addDataDirOption } from "./options.ts";
import type { ReportCommandOptions } from "./report-on-run.ts";
import { addReportOptions } from "./report-options.ts";

export function reportCommand(): Command {
  const command = new Command("report").description("show a run that was kept, or write files of it");
  return addReportOptions(addDataDirOption(command))
    .argument("<run>", "an id or its beginning, a name, last or previous")
    .action(async (run: string, options: ReportCommandOptions) => {
      const { reportOnRun } = await import("./report-on-run.ts");
      await reportOnRun(run, options);
    });
}
