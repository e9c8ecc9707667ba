import type { Logger } from "pino";
import { exitCodes } from "../../core/errors.ts";
import { styleFor } from "../../report/text/style.ts";
import { keepReceiverSecrets } from "../../runner/delivery/receiver.ts";
import { executeRun } from "../../runner/execute-run.ts";
import type { Execution, LogListener } from "../../runner/execution.ts";
import { GithubOutput } from "../../runner/outputs/github-output.ts";
import { HooksOutput } from "../../runner/outputs/hooks-output.ts";
import { requireWritableFiles, takesStandardOutput } from "../../runner/outputs/output-files.ts";
import type { Receivers } from "../../runner/outputs/receivers.ts";
import { ReportFilesOutput, WrittenFilesOutput } from "../../runner/outputs/report-files-output.ts";
import { RequestLogOutput } from "../../runner/outputs/request-log-output.ts";
import type { RunOutput } from "../../runner/outputs/run-output.ts";
import { StreamOutput } from "../../runner/outputs/stream-output.ts";
import { processEnd } from "../../runner/process/process-end.ts";
import { isOneTerminal, stderr, stdout } from "../../runner/process/standard-streams.ts";
import { onSignals, Stopper } from "../../runner/process/stopper.ts";
import { printTestOutput } from "../../runner/process/test-output.ts";
import type { ReceiverOptions, WebPlace } from "../../runner/run-options.ts";
import { RunStores } from "../../runner/run-stores.ts";
import { TestCodeError } from "../../scenario/bundle/load-bundle.ts";
import { LiveKeys } from "../terminal/live-keys.ts";
import { createLogger } from "../terminal/logger.ts";
import { Screen } from "../terminal/screen.ts";
import { TerminalOutput } from "../terminal/terminal-output.ts";

/** How long a run waits at its end for the report to be read. */
const readTimeoutMs = 10_000;

/**
 * `muster run` and `muster master`: carries out one run or, with a web page, one run after another. Sets the exit code.
 * @param web the place of the web page; null for no web page
 * @throws MusterError
 */
export async function execute(execution: Execution, web: WebPlace | null): Promise<void> {
  const { options } = execution;
  const stopper = new Stopper(giveUp);
  // The handlers are never removed, so that no signal is lost while the test is loaded or the result is written.
  let isStopped = false;
  onSignals((signal) => {
    isStopped = true;
    stopper.stop(signal);
  });
  stdout.stallTimeoutMs = readTimeoutMs;
  const hasSummary = !takesStandardOutput(options);
  if (hasSummary) printTestOutput();
  await requireWritableFiles(options);
  const screen = new Screen(isOneTerminal ? [stderr, stdout] : [stderr]);
  const style = styleFor(stderr, process.env);
  let logListener: LogListener = () => {};
  const log = createLogger(options.loglevel, screen, style, (line) => logListener(line));
  using receivers = await openReceivers(options, log);
  const createOutputs = (): RunOutput[] => outputsWith(new ReportFilesOutput(options));
  const outputsWith = (files: ReportFilesOutput): RunOutput[] => [
    files,
    new TerminalOutput(screen, style, hasSummary),
    new LiveKeys(process.stdin, log),
    ...(options.stream === undefined ? [] : [new StreamOutput(options.stream, options)]),
    ...(options.requestLog === undefined ? [] : [new RequestLogOutput(options.requestLog, options)]),
    new GithubOutput(process.env),
    new HooksOutput(log),
    ...(receivers?.createOutputs() ?? []),
    new WrittenFilesOutput(files, options),
  ];
  using stores = new RunStores(options);
  const listenToLog = (listener: LogListener) => {
    logListener = listener;
  };
  const context = { stores, stopper, log, workerOutput: screen.workerOutput, listenToLog, createOutputs };
  try {
    // The modules of the web server take long to load, so they are loaded only when needed.
    if (web === null) {
      processEnd.exitCode = (await executeRun(execution, context)).exitCode;
      // After a signal, do not wait: the sender may kill a process that does not end.
      if (!isStopped) await receivers?.finalScrape();
    } else processEnd.exitCode = await (await import("../../api/serve.ts")).serve(execution, web, context);
  } catch (error) {
    if (error instanceof TestCodeError) {
      const { publishUnloaded } = await import("../../runner/unloaded-run.ts");
      await publishUnloaded(execution, error, context);
    }
    throw error;
  }
}

/**
 * Opens the receivers of metrics and messages; null if the options name none. Their modules are loaded only if needed, because
 * few runs need them.
 */
async function openReceivers(options: ReceiverOptions, log: Logger): Promise<Receivers | null> {
  const {
    prometheus,
    otlp,
    otlpHeader = {},
    prometheusRemoteWrite,
    prometheusRemoteWriteHeader = {},
    webhook,
  } = options;
  // Also needed without a receiver, because the result contains the command.
  keepReceiverSecrets(undefined, { ...otlpHeader, ...prometheusRemoteWriteHeader });
  if ((prometheus ?? otlp ?? prometheusRemoteWrite ?? webhook) === undefined) return null;
  const { Receivers } = await import("../../runner/outputs/receivers.ts");
  return await Receivers.open(options, process.env, log);
}

/** Ends the process at once, because nothing has started yet that would have to be stopped. */
function giveUp(signal: string): void {
  stderr.write(`muster: stopped by ${signal} before the test was loaded\n`);
  processEnd.now(exitCodes.signalled);
}
