import { randomInt } from "node:crypto";
import path from "node:path";
import { exitCodes } from "../../../core/errors.ts";
import type { EngineName } from "../../../protocol/master-messages.ts";
import { unverifiedWarnings } from "../../../report/result/measured-warnings.ts";
import { withoutCommands } from "../../../report/text/ci-commands.ts";
import { styleFor } from "../../../report/text/style.ts";
import { type LoadedTest, loadTest } from "../../../runner/load-test.ts";
import { requireWritable, standardOutput, writeOutput } from "../../../runner/outputs/output-file.ts";
import { processEnd } from "../../../runner/process/process-end.ts";
import { stdout } from "../../../runner/process/standard-streams.ts";
import { onSignals } from "../../../runner/process/stopper.ts";
import { printTestOutput } from "../../../runner/process/test-output.ts";
import { endByDefect, unhandledErrors } from "../../../runner/process/unhandled-errors.ts";
import { secretFilesOf, unverifiedIn } from "../../../runner/run-connections.ts";
import type { LoadOptions } from "../../../runner/run-options.ts";
import { describeThrown, stackOf } from "../../../scenario/bundle/test-frames.ts";
import { isUrl } from "../../../scenario/bundle/url-test.ts";
import { useSecretFiles } from "../../../scenario/connections/secret-files.ts";
import { declaredData } from "../../../scenario/shared/data.ts";
import { engineNamed } from "../../../worker/http/engines.ts";
import { requireUsableProxy } from "../../../worker/http/proxy-settings.ts";
import { tracedEngine } from "../../../worker/http/trace/traced-engine.ts";
import { chooseTasks } from "./chosen-tasks.ts";
import { harLog } from "./har-log.ts";
import { closeDebugger, prepareDebugger } from "./inspector.ts";
import { Transcript } from "./transcript.ts";
import { TrySession } from "./try-session.ts";
import { tellOpenedFiles } from "./watch.ts";

/** The parsed flags of `muster try` that concern the session. */
export interface TryOptions
  extends Pick<
    LoadOptions,
    "file" | "host" | "insecure" | "connectTo" | "allowHost" | "profile" | "tags" | "excludeTags"
  > {
  readonly task?: readonly string[];
  readonly iterations: number;
  readonly full?: boolean;
  /** The path of the HAR file; "-" for standard output, which then does not get the transcript. */
  readonly har?: string;
  readonly engine: EngineName;
  readonly localAddress: readonly string[];
  readonly seed?: number;
  /** Whether to wait for a debugger, on `inspectPort`. */
  readonly inspect?: boolean;
  readonly inspectPort: number;
}

const maxSeed = 2 ** 32;

/**
 * `muster try`: runs each task once and prints every request. Sets the exit code: 0 if all requests, measures and checks passed, 99 if
 * one failed, 107 if the code of the test threw, 110 if no request was made, 105 after a signal.
 * @param args the test file and the names of user classes
 * @throws MusterError when the test cannot be tried
 */
export async function tryTest(args: readonly string[], options: TryOptions): Promise<void> {
  const { har, engine, localAddress: localAddresses, full = false, iterations, seed = randomInt(maxSeed) } = options;
  await requireWritable("--har", har);
  const isPrinted = har !== standardOutput;
  if (isPrinted) printTestOutput();
  const file = options.file ?? args[0] ?? "";
  if (!isUrl(file)) prepareDebugger(file, options.inspect === true ? options.inspectPort : null);
  const loaded = await loadTest(args, options);
  tellOpenedFiles(openedFiles(loaded));
  const { resolved, testName } = loaded;
  requireUsableProxy(resolved.requestHost, process.env);
  useSecretFiles(secretFilesOf(loaded.test, loaded.bundle.hash, loaded.bundle.folder));
  const style = styleFor(stdout, process.env);
  const transcript = new Transcript({
    style,
    full,
    print: isPrinted ? (text) => stdout.write(withoutCommands(text)) : () => {},
  });
  const onFallback = (origin: string, why: string) => transcript.warn(`undici sends the requests to ${origin}: ${why}`);
  const traced = tracedEngine(engineNamed(engine, { localAddresses, onFallback }), (one) => transcript.request(one));
  const chosen = chooseTasks(loaded, options.task ?? []);
  const session = new TrySession({ loaded, chosen, iterations, seed, engine: traced, transcript });
  const stopListening = onSignals(() => {
    if (session.isStopped) processEnd.now(exitCodes.signalled);
    session.stop();
  });
  const restore = unhandledErrors.listen({
    ofTest: (error) => transcript.exception("(not awaited)", describeThrown(error), stackOf(error)),
    ofMuster: endByDefect,
  });
  if (isPrinted) stdout.write(`${style.strong(`${testName} / ${resolved.profile}`)} → ${resolved.host}\n`);
  for (const warning of unverifiedWarnings(unverifiedIn(loaded))) transcript.warn(warning);
  await session.run();
  transcript.end(session.isStopped);
  closeDebugger();
  restore();
  stopListening();
  if (har !== undefined) {
    await writeOutput("the HAR file", har, harLog(transcript.requests));
    if (isPrinted) stdout.write(`wrote ${har}\n`);
  }
  processEnd.exitCode = exitCodeOf(transcript, session.isStopped);
}

/** Returns the files that the test opens by `file()` and `data()`. */
function openedFiles({ bundle, files }: LoadedTest): string[] {
  const dataFiles = declaredData(bundle.hash).flatMap(({ file }) => (file === null ? [] : [file]));
  return [...files.map(({ location }) => location), ...dataFiles.map((file) => path.resolve(bundle.folder, file))];
}

function exitCodeOf({ hasNothing, failedCount, exceptionCount }: Transcript, isStopped: boolean): number {
  if (isStopped) return exitCodes.signalled;
  if (exceptionCount > 0) return exitCodes.testCodeThrew;
  if (failedCount > 0) return exitCodes.thresholdFailed;
  return hasNothing ? exitCodes.invalid : exitCodes.passed;
}
