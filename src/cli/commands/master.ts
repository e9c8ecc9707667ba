import { Command } from "commander";
import { ConfigurationError } from "../../core/errors.ts";
import { type Execution, noLocalWorkers } from "../../runner/execution.ts";
import type { RunOptions } from "../../runner/run-options.ts";
import { givenToken, localToken } from "../options/local-token.ts";
import type { MasterTlsFlags } from "../options/master-tls.ts";
import { option } from "../options/option.ts";
import * as value from "../options/option-values.ts";
import { addRunOptions, addTokenOption, expectWorkersMaxWaitOption } from "../options/options.ts";
import { addWebOptions, isLoopback, type WebOptions, webPlaceOf } from "../options/web-options.ts";

interface MasterOptions extends RunOptions, WebOptions, MasterTlsFlags {
  readonly expectWorkers: number;
  readonly expectWorkersMaxWait: number;
  readonly masterBindHost: string;
  readonly masterBindPort: number;
  readonly resume?: string;
}

export function masterCommand(): Command {
  const command = new Command("master").description("run a test with workers that connect to this process");
  return addWebOptions(addTokenOption(addRunOptions(command)))
    .argument("[test]", "the test file, or a URL that all users request")
    .argument("[classes...]", "run only these user classes")
    .addOption(
      option("--expect-workers <number>", "start the run when this many workers have joined")
        .argParser(value.countFromOne)
        .default(1),
    )
    .addOption(expectWorkersMaxWaitOption())
    .addOption(
      option(
        "--master-bind-host <address>",
        "address to listen on for workers; any other than loopback requires a token",
      ).default("127.0.0.1"),
    )
    .addOption(
      option("--master-bind-port <port>", "port to listen on for workers; 0 picks a free port")
        .argParser(value.port)
        .default(5557),
    )
    .addOption(
      option("--tls-cert <file>", "accept workers over TLS only; the certificate of this master, in PEM format"),
    )
    .addOption(option("--tls-key <file>", "private key of --tls-cert, in PEM format"))
    .addOption(
      option(
        "--tls-ca <file>",
        "accept only workers whose certificate is signed by an authority in this file, in PEM format",
      ),
    )
    .addOption(
      option(
        "--resume <run>",
        'resume a run whose master has died, by its id; "auto" resumes an unfinished run of this test, if there is one',
      ),
    )
    .action((test: string | undefined, classes: string[], options: MasterOptions) => master(test, classes, options));
}

async function master(test: string | undefined, classes: string[], options: MasterOptions): Promise<void> {
  const given = givenToken(options);
  if (given === "" && !isLoopback(options.masterBindHost)) {
    throw new ConfigurationError(
      `--master-bind-host ${options.masterBindHost} can be reached from other machines: set MUSTER_TOKEN or --token-file, here and on the workers`,
    );
  }
  const token = given === "" ? localToken() : given;
  const { execute } = await import("../actions/execute.ts");
  const { masterTls } = await import("../options/master-tls.ts");
  const web = await webPlaceOf(options);
  const tls = await masterTls(options);
  const { withHostOfUrl } = await import("../../scenario/bundle/url-test.ts");
  const args = test === undefined ? classes : [test, ...classes];
  const execution: Execution = {
    args,
    options: withHostOfUrl(args, options),
    expectWorkers: options.expectWorkers,
    expectWorkersMaxWaitMs: options.expectWorkersMaxWait,
    resume: options.resume ?? null,
    bindHost: options.masterBindHost,
    bindPort: options.masterBindPort,
    token,
    ...(tls === null ? {} : { tls }),
    startWorkers: () => noLocalWorkers,
  };
  await execute(execution, web);
}
