import { isIP } from "node:net";
import { Command, InvalidArgumentError, Option } from "commander";
import * as value from "../options/option-values.ts";

export function certsCommand(): Command {
  return new Command("certs")
    .description("make certificates for TLS between a master and its workers, signed by their own authority")
    .addOption(
      new Option("--host <list>", "names and addresses by which workers connect to the master, separated by commas")
        .argParser(hosts)
        .default(["localhost", "127.0.0.1", "::1"], "localhost,127.0.0.1,::1"),
    )
    .addOption(
      new Option("--days <number>", "how long the certificates of master and workers are valid")
        .argParser(value.countFromOne)
        .default(365),
    )
    .addOption(new Option("--out <folder>", "folder for the certificates").default("certs"))
    .action(async (options) => {
      const { makeCerts } = await import("../actions/certs/make-certs.ts");
      makeCerts(options);
    });
}

function hosts(text: string): readonly string[] {
  return value.names(text).map((name) => {
    const isName = name.length <= 253 && /^(?:\*\.)?[a-z0-9](?:[a-z0-9_.-]*[a-z0-9])?$/i.test(name);
    if (isName || isIP(name) !== 0) return name;
    throw new InvalidArgumentError(`"${name}" is neither a host name nor an IP address.`);
  });
}
