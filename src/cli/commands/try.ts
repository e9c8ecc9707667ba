import { Command, Option } from "commander";
import { ConfigurationError } from "../../core/errors.ts";
import { engineNames } from "../../protocol/master-messages.ts";
import type { TryOptions } from "../actions/try/try-test.ts";
import { option } from "../options/option.ts";
import * as value from "../options/option-values.ts";
import { allowHostOption, connectToOption, insecureOption, localAddressOption } from "../options/options.ts";

interface TryFlags extends TryOptions {
  readonly watch?: boolean;
  readonly class?: readonly string[];
}

export function tryCommand(): Command {
  const command = new Command("try").description(
    "run each task once with one user, and show every request and response",
  );
  return command
    .argument("[test]", "the test file, or a URL to request")
    .argument("[classes...]", "try only these user classes")
    .addOption(new Option("-f, --file <file>", "the test file; all arguments are then class names"))
    .option("--class <names>", "try only these user classes; separate several by commas", value.names)
    .option("--task <names>", "try only these tasks; separate several by commas", value.names)
    .addOption(new Option("--iterations <number>", "how often each task runs").argParser(value.countFromOne).default(1))
    .addOption(new Option("--full", "show whole bodies instead of their first 2 KB"))
    .option("--har <file>", "also write the requests as a HAR file, with secrets masked; - is standard output")
    .option("--watch", "try again after each change of the test or a file that it imports, until Ctrl-C")
    .option("--inspect", "wait for a debugger, which can then stop in the source of the test")
    .addOption(new Option("--inspect-port <port>", "port for the debugger").argParser(value.port).default(9229))
    .addOption(option("-H, --host <url>", "base URL of the service, e.g. http://127.0.0.1:8000"))
    .addOption(insecureOption())
    .addOption(connectToOption())
    .addOption(allowHostOption())
    .addOption(option("--profile <name>", "the profile whose classes and headers are tried; default: as in a run"))
    .addOption(option("--tags <names>", "try only tasks with one of these tags").argParser(value.names))
    .addOption(option("--exclude-tags <names>", "skip tasks with one of these tags").argParser(value.names))
    .addOption(option("--engine <name>", "the HTTP client that sends the requests").choices(engineNames).default("own"))
    .addOption(localAddressOption())
    .addOption(option("--seed <number>", "seed that makes random choices repeatable").argParser(value.wholeNumber))
    .action(async (test: string | undefined, classes: string[], flags: TryFlags) => {
      const [{ tryTest }, { isUrl, withHostOfUrl }] = await Promise.all([
        import("../actions/try/try-test.ts"),
        import("../../scenario/bundle/url-test.ts"),
      ]);
      const file = flags.file ?? test;
      if (flags.watch === true && file !== undefined) {
        if (isUrl(file)) throw new ConfigurationError("--watch needs a test file, not a URL");
        const { watchTest } = await import("../actions/try/watch.ts");
        await watchTest(
          file,
          process.argv.slice(2).filter((word) => word !== "--watch"),
        );
        return;
      }
      const args = [...(test === undefined ? [] : [test]), ...classes, ...(flags.class ?? [])];
      await tryTest(args, withHostOfUrl(args, flags));
    });
}
