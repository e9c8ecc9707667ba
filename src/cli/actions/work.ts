import { resolve } from "node:path";
import type { Logger } from "pino";
import { exitCodes } from "../../core/errors.ts";
import { isChild } from "../../runner/process/child-secret.ts";
import { processEnd } from "../../runner/process/process-end.ts";
import { stderr, stdout } from "../../runner/process/standard-streams.ts";
import { onSignals } from "../../runner/process/stopper.ts";
import { printTestOutput, testOutput } from "../../runner/process/test-output.ts";
import { unhandledErrors } from "../../runner/process/unhandled-errors.ts";
import { version } from "../../runner/process/version.ts";
import type { LogLevel } from "../../runner/run-options.ts";
import { MasterLink } from "../../worker/link/master-link.ts";
import type { TlsFiles } from "../../worker/link/open-socket.ts";
import { LogRelay, tapConsole } from "../../worker/log-relay.ts";
import type { Worker, WorkerEnd } from "../../worker/worker.ts";

export interface WorkOptions {
  readonly masterHost: string;
  readonly masterPort: number;
  readonly connectTimeout: number;
  readonly stopTimeout: number;
  readonly processes: number;
  readonly localAddress: readonly string[];
  readonly token: string;
  readonly tls?: boolean;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly loglevel: LogLevel;
}

/** `muster worker`: makes this process one worker, which works for one run after another while its master has more. */
export async function work(options: WorkOptions): Promise<void> {
  // The output of the test is not worth waiting for.
  stdout.stallTimeoutMs = stderr.stallTimeoutMs;
  const worker = new WorkerProcess(options);
  // The process ends with its master, however that one ends.
  const orphaned = () => processEnd.now(exitCodes.tooFewWorkers);
  if (isChild) process.once("disconnect", orphaned);
  try {
    while ((await worker.workOnce()) === "again");
  } finally {
    worker.close();
    process.off("disconnect", orphaned);
    if (isChild) process.disconnect?.();
  }
}

/** How long a worker waits after a defect before it ends, so that the thread of its link can send the reason. */
const lastLogMs = 200;

/** A worker process across its runs: handles signals, unhandled errors, and the log lines that go to the master. */
class WorkerProcess {
  readonly #options: WorkOptions;
  readonly #stopListening: () => void;
  #worker: Worker | null = null;
  #link: MasterLink | null = null;
  readonly #relay = new LogRelay(
    () => performance.now(),
    (line) => this.#link?.say({ type: "log", ...line }),
  );
  #signals = 0;
  #isEnding = false;

  constructor(options: WorkOptions) {
    this.#options = options;
    this.#stopListening = onSignals((signal) => this.#onSignal(signal));
  }

  /** Works for one run. */
  async workOnce(): Promise<WorkerEnd> {
    const { masterHost, masterPort, token, connectTimeout: connectTimeoutMs } = this.#options;
    const files = await tlsFilesOf(this.#options);
    const scheme = files === null ? "ws" : "wss";
    const url = `${scheme}://${masterHost.includes(":") ? `[${masterHost}]` : masterHost}:${masterPort}`;
    // Create the link first, so that it connects while the rest of the code is loaded.
    const link = new MasterLink({ url, ...(files === null ? {} : { tls: files }), token, version, connectTimeoutMs });
    this.#link = link;
    try {
      const joined = await this.#newWorker(link);
      return await Promise.race([joined.ended, link.defect]);
    } finally {
      this.#link = null;
      await link.close();
    }
  }

  close(): void {
    this.#stopListening();
  }

  async #newWorker(link: MasterLink): Promise<Worker> {
    const [{ Worker }, { HttpEngines }, log] = await Promise.all([
      import("../../worker/worker.ts"),
      import("../../worker/http-engines.ts"),
      this.#log(),
    ]);
    const processes = Number(process.env.MUSTER_SIBLINGS ?? 1);
    const engines = new HttpEngines({ log, localAddresses: this.#options.localAddress, processes });
    const worker = new Worker({ link, log, engines });
    if (this.#worker === null) {
      printTestOutput();
      tapConsole((level, text) => this.#relay.note(level, text), testOutput.expectsLine);
      unhandledErrors.listen({
        ofTest: (error) => this.#worker?.strayError(error),
        ofMuster: (error) => this.#endByDefect(error),
      });
      process.on("warning", ({ name, message }) => {
        if (name !== "MaxListenersExceededWarning") return;
        log.warn(`the test, or a client in it, adds a listener with each call and removes none: ${message}`);
      });
    }
    this.#worker = worker;
    if (this.#signals > 0) this.#leave();
    return worker;
  }

  async #log(): Promise<Logger> {
    const [{ createLogger }, { Screen }, { styleFor }] = await Promise.all([
      import("../terminal/logger.ts"),
      import("../terminal/screen.ts"),
      import("../../report/text/style.ts"),
    ]);
    const style = styleFor(stderr, process.env);
    return createLogger(this.#options.loglevel, new Screen([stderr]), style, ({ level, text }) =>
      this.#relay.note(level, text),
    );
  }

  /** Ends the process after a defect in muster, because the state of the worker is then unknown. Sends the reason to the master first. */
  #endByDefect(error: unknown): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    const text = `a defect in muster: ${error instanceof Error ? error.stack : String(error)}`;
    stderr.write(`muster: ${text}\n`);
    this.#relay.note("error", text);
    setTimeout(() => processEnd.now(exitCodes.defect), lastLogMs);
  }

  #onSignal(signal: string): void {
    // Ctrl-C in a terminal, and the end of the terminal, also send a signal to the workers that the master has started. The
    // master stops them.
    if (isChild && (signal === "SIGINT" || signal === "SIGHUP")) return;
    this.#signals++;
    processEnd.exitCode = exitCodes.signalled;
    this.#leave();
  }

  #leave(): void {
    this.#worker?.leave(this.#signals === 1 ? this.#options.stopTimeout : 0);
  }
}

/** Returns the TLS files after checking that they can be used; null without TLS. The module is loaded only if needed, for a fast start. */
async function tlsFilesOf({ tls = false, tlsCa, tlsCert, tlsKey }: WorkOptions): Promise<TlsFiles | null> {
  if (!tls && tlsCa === undefined && tlsCert === undefined && tlsKey === undefined) return null;
  const { readAuthority, readIdentity } = await import("../options/tls-files.ts");
  if (tlsCa !== undefined) await readAuthority(tlsCa);
  await readIdentity(tlsCert, tlsKey);
  const files = { ca: tlsCa, cert: tlsCert, key: tlsKey };
  return Object.fromEntries(
    Object.entries(files).flatMap(([name, file]) => (file === undefined ? [] : [[name, resolve(file)]])),
  );
}
