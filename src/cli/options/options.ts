import { type Command, Option } from "commander";
import { lossPolicies, strainPolicies } from "../../core/run.ts";
import { engineNames } from "../../protocol/master-messages.ts";
import { valuesPerMs } from "../../report/hdr/time-unit.ts";
import { defaultStallMs } from "../../stats/health-sample.ts";
import { option } from "./option.ts";
import * as value from "./option-values.ts";
import { addReceiverOptions } from "./receiver-options.ts";
import { addReportOptions } from "./report-options.ts";

export function addLoadOptions(command: Command): Command {
  return command
    .addOption(new Option("-f, --file <file>", "the test file; all arguments are then class names"))
    .addOption(option("-u, --users <number>", "number of virtual users at the peak").argParser(value.wholeNumber))
    .addOption(option("-r, --spawn-rate <perSecond>", "users started per second").argParser(value.positiveNumber))
    .addOption(
      option(
        "-t, --run-time <duration>",
        'duration of the run, including the ramp, e.g. "30s", "5m", "1h30m"',
      ).argParser(value.duration),
    )
    .addOption(option("-H, --host <url>", "base URL of the service, e.g. http://127.0.0.1:8000"))
    .addOption(insecureOption())
    .addOption(connectToOption())
    .addOption(allowHostOption())
    .addOption(
      option(
        "--rate <perSecond>",
        "iterations per second; makes the load an open one, which does not depend on response times",
      ).argParser(value.positiveNumber),
    )
    .addOption(
      option("--max-requests <number>", "end the load after this many requests of all users").argParser(
        value.countFromOne,
      ),
    )
    .addOption(
      option(
        "--max-requests-per-second <number>",
        "most requests of all users per second; further requests wait",
      ).argParser(value.positiveNumber),
    )
    .addOption(
      option(
        "--trace-sample <share>",
        "add a traceparent to each request, sampled for this share: 0 to 1, or e.g. 5%; default: none",
      ).argParser(value.share),
    )
    .addOption(
      option("--max-duration <duration>", "end the load after this time, however long its plan is").argParser(
        value.duration,
      ),
    )
    .addOption(
      option("--cost-per-request <amount>", "what each request costs; used with --max-cost").argParser(
        value.positiveNumber,
      ),
    )
    .addOption(
      option("--max-cost <amount>", "end the load before its requests would cost more than this").argParser(
        value.positiveNumber,
      ),
    )
    .addOption(option("--equal-weights", "give the same weight to every user class that has a weight"))
    .addOption(
      option(
        "--tags <names>",
        "run only tasks with one of these tags; separate several by commas, or repeat the flag",
      ).argParser(value.names),
    )
    .addOption(
      option("--exclude-tags <names>", "skip tasks with one of these tags, even if --tags selects them").argParser(
        value.names,
      ),
    )
    .addOption(
      option(
        "--profile <name>",
        "the profile to run; default: the load of the test, or its first profile if there is none",
      ),
    )
    .addOption(
      option("--target <name=value>", "e.g. p95=300ms,errorRate=2%,requestsPerSecond=500; repeatable").argParser(
        value.target,
      ),
    );
}

export function addRunOptions(command: Command): Command {
  return addReceiverOptions(addExecutionOptions(command));
}

function addExecutionOptions(command: Command): Command {
  return addReportOptions(
    addLogOptions(
      addLoadOptions(command)
        .addOption(
          option("--stop-timeout <duration>", "how long running iterations may take to finish at the end")
            .argParser(value.duration)
            .default(30_000, "30s"),
        )
        .addOption(
          option("--engine <name>", "the HTTP client that sends the requests: muster's own, or undici")
            .choices(engineNames)
            .default("own"),
        )
        .addOption(
          option("--worker-timeout <duration>", "a worker that is silent for this long is lost")
            .argParser(value.duration)
            .default(10_000, "10s"),
        )
        .addOption(
          option(
            "--on-worker-loss <what>",
            "rebalance: the other workers take over its load; continue: the run goes on without its load, up to half of the total; continue-any: without a limit; fail: the run ends",
          )
            .choices(lossPolicies)
            .default("rebalance"),
        )
        .addOption(
          option("--min-workers <number>", "end the run if fewer workers are left")
            .argParser(value.countFromOne)
            .default(1),
        )
        .addOption(
          option(
            "--on-worker-strain <what>",
            "invalid: the run is invalid if workers were the bottleneck; warn: only warn; ignore: do not check",
          )
            .choices(strainPolicies)
            .default("invalid"),
        )
        .addOption(
          option("--orphan-timeout <duration>", "how long workers continue the load after they have lost the master")
            .argParser(value.duration)
            .default(60_000, "60s"),
        )
        .addOption(
          option(
            "--stall-limit <duration>",
            "if a worker stalls for longer than this, leave out the times of the affected requests",
          )
            .argParser(value.duration)
            .default(defaultStallMs, "100ms"),
        )
        .addOption(dataDirOption())
        .addOption(new Option("--no-store", "keep the run in memory only; it cannot be resumed").env("MUSTER_NO_STORE"))
        .addOption(
          option(
            "--stream <file>",
            "write the windows and events of the run as JSON lines while it runs; - is standard output",
          ),
        )
        .addOption(
          option(
            "--request-log <file>",
            "write a JSON line for each request of the users, up to the rate that the master accepts; - is standard output",
          ),
        )
        .addOption(
          option("--request-log-sample <share>", "share of requests in the request log: 0 to 1, or e.g. 1%")
            .argParser(value.share)
            .default(1, "all"),
        )
        .addOption(
          option("--seed <number>", "seed that makes the choice of tasks and pauses repeatable").argParser(
            value.wholeNumber,
          ),
        ),
    ),
  );
}

function dataDirOption(): Option {
  return option("--data-dir <folder>", "folder of the store in which runs are kept").default(".muster");
}

export function addDataDirOption(command: Command): Command {
  return command.addOption(dataDirOption());
}

/** Makes the option for the unit of the values in an HdrHistogram file. */
export function unitOption(): Option {
  const description = "unit of the values, if the HdrHistogram file does not name it";
  return new Option("--unit <unit>", description).choices(Object.keys(valuesPerMs));
}

export function addLogOptions(command: Command): Command {
  return command.addOption(
    option("-L, --loglevel <level>", "trace, debug, info, warn, error or silent")
      .argParser(value.logLevel)
      .default("info"),
  );
}

/** Makes the option that accepts any certificate of the service. */
export function insecureOption(): Option {
  return option("-k, --insecure", "accept any certificate of the service; the result says so");
}

export function connectToOption(): Option {
  return option(
    "--connect-to <place=address>",
    "connect to another address, e.g. api.example.com:443=10.0.0.5:8443; repeatable",
  ).argParser(value.connections);
}

export function allowHostOption(): Option {
  return option(
    "--allow-host <hosts>",
    "also load these hosts, e.g. auth.example.com,*.example.org,10.0.0.0/8; repeatable",
  ).argParser(value.hostEntries);
}

export function localAddressOption(): Option {
  return option(
    "--local-address <list>",
    "local addresses for outgoing connections, separated by commas and used in turn",
  )
    .argParser(value.addresses)
    .default([], "the system chooses");
}

/** Makes the option of commands that wait for workers before a run. */
export function expectWorkersMaxWaitOption(): Option {
  return option("--expect-workers-max-wait <duration>", "how long to wait for the workers before the run is given up")
    .argParser(value.duration)
    .default(60_000, "60s");
}

export function addTokenOption(command: Command): Command {
  return command
    .addOption(option("--token <secret>", "secret that workers must present; prefer MUSTER_TOKEN"))
    .addOption(option("--token-file <file>", "file that contains this secret"));
}
