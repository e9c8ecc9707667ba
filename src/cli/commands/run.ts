import { randomBytes } from "node:crypto";
import { dirname, resolve } from "node:path";
import { Command } from "commander";
import { formatDuration } from "../../core/duration.ts";
import type { Execution } from "../../runner/execution.ts";
import { ChildWorkers } from "../../runner/process/child-workers.ts";
import type { RunOptions } from "../../runner/run-options.ts";
import { requireLocalAddresses } from "../options/local-addresses.ts";
import { option } from "../options/option.ts";
import * as value from "../options/option-values.ts";
import { addRunOptions, expectWorkersMaxWaitOption, localAddressOption } from "../options/options.ts";
import { addWebOptions, type WebOptions, webPlaceOf } from "../options/web-options.ts";

interface LocalRunOptions extends RunOptions, WebOptions {
  readonly workers?: number;
  readonly processes?: number;
  readonly expectWorkersMaxWait: number;
  readonly localAddress: readonly string[];
}

/** Once it has started, a worker reaches its master in less time than this, unless the machine is busy. */
const shortestConnectTimeoutMs = 10_000;

export function runCommand(): Command {
  const command = new Command("run").description("run a test with worker processes on this machine");
  return addWebOptions(addRunOptions(command))
    .argument("[test]", "the test file, or a URL that all users request")
    .argument("[classes...]", "run only these user classes")
    .addOption(
      option("--workers <number>", 'number of worker processes; "auto" is one per core (default: 1)').argParser(
        value.processCount,
      ),
    )
    .addOption(option("--processes <number>", "alias of --workers, named as in Locust").argParser(value.processCount))
    .addOption(expectWorkersMaxWaitOption())
    .addOption(localAddressOption())
    .action((test: string | undefined, classes: string[], options: LocalRunOptions) => run(test, classes, options));
}

async function run(test: string | undefined, classes: string[], options: LocalRunOptions): Promise<void> {
  const workers = options.workers ?? options.processes ?? 1;
  const web = await webPlaceOf(options);
  await requireLocalAddresses(options.localAddress);
  const [{ takesStandardOutput }, { execute }, { requireUsableProxy }, { withHostOfUrl }] = await Promise.all([
    import("../../runner/outputs/output-files.ts"),
    import("../actions/execute.ts"),
    import("../../worker/http/proxy-settings.ts"),
    import("../../scenario/bundle/url-test.ts"),
  ]);
  const args = test === undefined ? classes : [test, ...classes];
  const execution: Execution = {
    args,
    options: withHostOfUrl(args, options),
    expectWorkers: workers,
    expectWorkersMaxWaitMs: options.expectWorkersMaxWait,
    bindHost: "127.0.0.1",
    bindPort: 0,
    token: randomBytes(16).toString("hex"),
    resume: null,
    requireReachable: (host) => requireUsableProxy(host, process.env),
    startWorkers: ({ port, token, permissions, output, onProcessEnded, onStartFailed }) =>
      new ChildWorkers({
        count: workers,
        masterHost: "127.0.0.1",
        masterPort: port,
        token,
        permissions,
        output,
        connectTimeout: formatDuration(Math.max(shortestConnectTimeoutMs, options.expectWorkersMaxWait)),
        localAddresses: options.localAddress,
        packagesFolder: dirname(resolve(options.file ?? args[0] ?? "")),
        keepsStandardOutput: takesStandardOutput(options),
        stopTimeout: formatDuration(options.stopTimeout),
        // The master logs what concerns the run.
        loglevel: options.loglevel === "info" ? "warn" : options.loglevel,
        // The master need not wait for a worker to reconnect whose process has ended.
        onExit: onProcessEnded,
        onStartFailed,
      }),
  };
  await execute(execution, web);
}
