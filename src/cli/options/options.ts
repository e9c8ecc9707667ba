import { type Command, Option } from "commander";
import { lossPolicies, strainPolicies } from "../../core/run.ts";
import { engineNames } from "../../protocol/master-messages.ts";
import { valuesPerMs } from "../../report/hdr/time-unit.ts";
import { option } from "./option.ts";
import * as value from "./option-values.ts";
import { addReportOptions } from "./report-options.ts";

export function addLoadOptions(command: Command): Command {
  return command
    .addOption(new Option("-f, --file <file>", "the test file, instead of the first argument"))
    .addOption(option("-u, --users <number>", "virtual users at the peak").argParser(value.wholeNumber))
    .addOption(option("-r, --spawn-rate <perSecond>", "users started per second").argParser(value.positiveNumber))
    .addOption(option("-t, --run-time <duration>", 'e.g. "30s", "5m", "1h30m"').argParser(value.duration))
    .addOption(option("-H, --host <url>", "base URL of the service, e.g. http://127.0.0.1:8000"))
    .addOption(
      option("--rate <perSecond>", "an open load: so many iterations per second, however fast the answers").argParser(
        value.positiveNumber,
      ),
    )
    .addOption(option("--equal-weights", "every user class that runs by weight gets the same weight"))
    .addOption(
      option("--tags <names>", "run only tasks with one of these tags; several with commas, or repeated").argParser(
        value.names,
      ),
    )
    .addOption(
      option("--exclude-tags <names>", "run no task with one of these tags, whatever else it has").argParser(
        value.names,
      ),
    )
    .addOption(
      option("--profile <name>", "one of the test's profiles; default: the test's own load, else its first profile"),
    )
    .addOption(
      option("--target <name=value>", "e.g. p95=300ms,errorRate=2%,requestsPerSecond=500; repeatable").argParser(
        value.target,
      ),
    );
}

export function addRunOptions(command: Command): Command {
  return addReportOptions(
    addLogOptions(
      addLoadOptions(command)
        .addOption(
          option("--stop-timeout <duration>", "how long running iterations may take to finish at the end")
            .argParser(value.duration)
            .default(30_000, "30s"),
        )
        .addOption(
          option("--engine <name>", "what puts the requests on the wire: muster's own client, or undici, its reference")
            .choices(engineNames)
            .default("own"),
        )
        .addOption(
          option("--worker-timeout <duration>", "a worker that says nothing for so long is lost")
            .argParser(value.duration)
            .default(10_000, "10s"),
        )
        .addOption(
          option("--on-worker-loss <what>", "the others take over its users, or go on without, or the run ends")
            .choices(lossPolicies)
            .default("rebalance"),
        )
        .addOption(
          option("--min-workers <number>", "the run ends when fewer are left").argParser(value.countFromOne).default(1),
        )
        .addOption(
          option(
            "--on-worker-strain <what>",
            "workers that were the bottleneck make the run invalid, or are only told of",
          )
            .choices(strainPolicies)
            .default("invalid"),
        )
        .addOption(
          option("--orphan-timeout <duration>", "how long workers that have lost the master go on with the load")
            .argParser(value.duration)
            .default(60_000, "60s"),
        )
        .addOption(dataDirOption())
        .addOption(
          new Option("--no-store", "keep nothing: the run is in memory only, and cannot be resumed").env(
            "MUSTER_NO_STORE",
          ),
        )
        .addOption(
          option("--stream <file>", "write what happens, second by second, as lines of JSON; - is standard output"),
        )
        .addOption(
          option("--seed <number>", "makes the choice of tasks and pauses repeatable").argParser(value.wholeNumber),
        ),
    ),
  );
}

function dataDirOption(): Option {
  return option("--data-dir <folder>", "where runs are kept").default(".muster");
}

export function addDataDirOption(command: Command): Command {
  return command.addOption(dataDirOption());
}

/** The unit of values in a file of HdrHistogram. */
export function unitOption(): Option {
  const description = "the unit of the values, if a file of HdrHistogram does not say it";
  return new Option("--unit <unit>", description).choices(Object.keys(valuesPerMs));
}

export function addLogOptions(command: Command): Command {
  return command.addOption(
    option("-L, --loglevel <level>", "trace, debug, info, warn, error or silent")
      .argParser(value.logLevel)
      .default("info"),
  );
}

/** For what has workers on this machine. */
export function localAddressOption(): Option {
  return option("--local-address <list>", "connections come from these addresses of this machine, one after the other")
    .argParser(value.addresses)
    .default([], "the system chooses");
}

export function addTokenOption(command: Command): Command {
  return command.addOption(option("--token <secret>", "what workers must know to join; better by MUSTER_TOKEN"));
}
