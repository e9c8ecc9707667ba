import { Command } from "commander";
import type { DoctorOptions } from "../actions/doctor/examine.ts";
import { option } from "../options/option.ts";
import * as value from "../options/option-values.ts";
import { addDataDirOption } from "../options/options.ts";

export function doctorCommand(): Command {
  const command = new Command("doctor").description("check whether this machine is ready to generate load");
  return addDataDirOption(command)
    .addOption(option("-H, --host <url>", "also check that this service answers"))
    .addOption(
      option("--master-bind-port <port>", "port that a master would listen on").argParser(value.port).default(5557),
    )
    .addOption(option("--web-port <port>", "port that the web page would use").argParser(value.port).default(8089))
    .action(async (options: DoctorOptions) => {
      const { examine } = await import("../actions/doctor/examine.ts");
      await examine(options);
    });
}
