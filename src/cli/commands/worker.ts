import { Command } from "commander";
import { formatDuration } from "../../core/duration.ts";
import { isChild, receiveSecret } from "../../runner/process/child-secret.ts";
import { ChildWorkers } from "../../runner/process/child-workers.ts";
import { processEnd } from "../../runner/process/process-end.ts";
import { onSignals } from "../../runner/process/stopper.ts";
import type { WorkOptions } from "../actions/work.ts";
import { requireLocalAddresses } from "../options/local-addresses.ts";
import { givenToken, localToken } from "../options/local-token.ts";
import { option } from "../options/option.ts";
import * as value from "../options/option-values.ts";
import { addLogOptions, addTokenOption, localAddressOption } from "../options/options.ts";
import { isLoopback } from "../options/web-options.ts";

type GivenOptions = Omit<WorkOptions, "token"> & { readonly token?: string; readonly tokenFile?: string };

export function workerCommand(): Command {
  const command = new Command("worker").description("generate load for a master until its run is over");
  return addTokenOption(addLogOptions(command))
    .addOption(option("--master-host <address>", "host of the master").default("127.0.0.1"))
    .addOption(option("--master-port <port>", "port of the master").argParser(value.port).default(5557))
    .addOption(option("--tls", "connect to the master over TLS"))
    .addOption(option("--tls-ca <file>", "connect over TLS, and trust the certificates in this file, in PEM format"))
    .addOption(option("--tls-cert <file>", "certificate to present to the master, in PEM format; implies --tls"))
    .addOption(option("--tls-key <file>", "private key of --tls-cert, in PEM format"))
    .addOption(
      option("--connect-timeout <duration>", "how long to try to reach a master that does not answer")
        .argParser(value.duration)
        .default(60_000, "60s"),
    )
    .addOption(
      option("--stop-timeout <duration>", "how long running iterations may take to finish after SIGTERM")
        .argParser(value.duration)
        .default(30_000, "30s"),
    )
    .addOption(
      option("--processes <number>", 'number of workers to start, each in its own process; "auto" is one per core')
        .argParser(value.processCount)
        .default(1),
    )
    .addOption(localAddressOption())
    .action(async (given: GivenOptions) => {
      await requireLocalAddresses(given.localAddress);
      const options = { ...given, token: isChild ? await receiveSecret() : tokenFor(given) };
      if (options.processes > 1) return await workInChildren(options);
      const { work } = await import("../actions/work.ts");
      return await work(options);
    });
}

/** Returns the given secret; if there is none and the master is on this machine, the secret that this user's processes share. */
function tokenFor(given: GivenOptions): string {
  const token = givenToken(given);
  return token === "" && isLoopback(given.masterHost) ? localToken() : token;
}

async function workInChildren(options: WorkOptions): Promise<void> {
  const children = new ChildWorkers({
    count: options.processes,
    masterHost: options.masterHost,
    masterPort: options.masterPort,
    token: options.token,
    tls: options,
    connectTimeout: formatDuration(options.connectTimeout),
    stopTimeout: formatDuration(options.stopTimeout),
    loglevel: options.loglevel,
    localAddresses: options.localAddress,
  });
  const forget = onSignals(() => children.signal("SIGTERM"));
  processEnd.exitCode = Math.max(...(await children.exitCodes()));
  forget();
}
