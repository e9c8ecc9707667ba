import { Command } from "commander";
import type { DoctorOptions } from "../actions/doctor/examine.ts";
import { option } from "../options/option.ts";
import * as value from "../options/option-values.ts";
import { addDataDirOption } from "../options/options.ts";

export function doctorCommand(): Command {
  const command = new Command("doctor").description(
    "look whether this machine is fit to make load, and say what to do",
  );
  return addDataDirOption(command)
    .addOption(option("-H, --host <url>", "also look whether this service answers"))
    .addOption(option("--master-bind-port <port>", "where a master would listen").argParser(value.port).default(5557))
    .addOption(option("--web-port <port>", "where the web page would be").argParser(value.port).default(8089))
    .action(async (options: DoctorOptions) => {
      const { examine } = await import("../actions/doctor/examine.ts");
      await examine(options);
    });
}
