import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { packageFolder } from "../../core/own-files.ts";
import type { TestPermissions } from "../../scenario/definition/define.ts";
import type { LogLevel } from "../run-options.ts";
import { restrictedStart } from "./child-permissions.ts";
import { sendSecret } from "./child-secret.ts";
import type { PrintedTexts, WorkerOutput } from "./worker-output.ts";

/** A shell reports a process that a signal has ended with exit code 128 plus the number of the signal. */
const signalOffset = 128;
const namedSignals: Readonly<Record<number, NodeJS.Signals>> = { 6: "SIGABRT", 9: "SIGKILL" };

/** Describes how a worker process has ended, and the usual cause. */
export function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  const by = signal ?? namedSignals[(code ?? 0) - signalOffset] ?? null;
  switch (by) {
    case "SIGABRT":
      return (
        "its process aborted (SIGABRT), as Node.js does when the heap is full: keep less in memory, add workers, " +
        "or allow more (NODE_OPTIONS=--max-old-space-size=8192, in MB)"
      );
    case "SIGKILL":
      return "its process was killed (SIGKILL): by the system if the machine ran out of memory, or by somebody";
    case null:
      return code === null || code === 0 ? "its process ended" : `its process ended with exit code ${code}`;
    default:
      return `its process was ended by ${by}`;
  }
}

interface ChildTls {
  readonly tls?: boolean;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

export interface ChildWorkersOptions {
  readonly count: number;
  readonly masterHost: string;
  readonly masterPort: number;
  readonly token: string;
  /** Whether the workers connect over TLS, and the files that they use then. */
  readonly tls?: ChildTls;
  readonly connectTimeout: string;
  /** Applies to a signal that the workers receive; in a run the master sets the timeout. */
  readonly stopTimeout: string;
  readonly loglevel: LogLevel;
  /** Where the workers look for packages that are not part of the bundle, in addition to their own folder. MUSTER_PACKAGES overrides it. */
  readonly packagesFolder?: string;
  /** Whether the standard output of the test goes to standard error, because standard output carries a result; default false. */
  readonly keepsStandardOutput?: boolean;
  /** The permissions of the code of the test; if absent, it may do everything. */
  readonly permissions?: TestPermissions;
  /** Prints the output of the workers; by default, they write directly to the streams of this process. */
  readonly output?: WorkerOutput;
  /** The local addresses of the workers' connections; by default, the system chooses. */
  readonly localAddresses?: readonly string[];
  /** Called when a process has ended; `how` is a sentence such as "its process was killed (SIGKILL) …". */
  readonly onExit?: (pid: number, how: string) => void;
  /** Called when the system could not start a process. */
  readonly onStartFailed?: (error: Error) => void;
}

/** How long a worker may take to exit at the end of a run, before it is killed. */
const endTimeoutMs = 5_000;
/** How long to wait for the last output of workers that have ended: a process that a test has started may keep it open. */
const outputTimeoutMs = 500;
const standardOutput = 1;
const standardError = 2;
const muster = fileURLToPath(new URL("bin/muster.js", packageFolder));

/** The worker processes that this process starts. They end with it, however it ends, because their IPC channel closes then. */
export class ChildWorkers {
  readonly #children: ChildProcess[];
  readonly #start: () => ChildProcess;

  constructor(options: ChildWorkersOptions) {
    const words = [
      "worker",
      `--master-host=${options.masterHost}`,
      `--master-port=${options.masterPort}`,
      `--connect-timeout=${options.connectTimeout}`,
      `--stop-timeout=${options.stopTimeout}`,
      `--loglevel=${options.loglevel}`,
      "--processes=1",
    ];
    // TLS is set here, because this process may itself be a worker of another master.
    const { tls: isOverTls = false, tlsCa = "", tlsCert = "", tlsKey = "" } = options.tls ?? {};
    const tls = {
      MUSTER_TLS: isOverTls ? "1" : "",
      MUSTER_TLS_CA: tlsCa,
      MUSTER_TLS_CERT: tlsCert,
      MUSTER_TLS_KEY: tlsKey,
    };
    const machine = {
      MUSTER_LOCAL_ADDRESS: options.localAddresses?.join(",") ?? "",
      MUSTER_SIBLINGS: String(options.count),
      MUSTER_PACKAGES: process.env.MUSTER_PACKAGES ?? options.packagesFolder ?? "",
    };
    const { ofOutput = null, ofErrors = null } = options.output ?? {};
    const own = { MUSTER_CHILD: "1", MUSTER_TERMINAL: ofErrors === null ? "" : "1" };
    const env = { ...process.env, ...tls, ...machine, ...own, ...(ofErrors === null ? {} : colours(process.env)) };
    const restricted = options.permissions === undefined ? null : restrictedStart(options.permissions);
    const isKept = options.keepsStandardOutput === true;
    const output = isKept ? standardError : standardOutput;
    const print = isKept ? ofErrors : ofOutput;
    this.#start = () => {
      const child = fork(muster, words, {
        env: { ...env, ...restricted?.env },
        ...(restricted === null ? {} : { execArgv: [...restricted.execArgv] }),
        stdio: ["ignore", print === null ? output : "pipe", ofErrors === null ? standardError : "pipe", "ipc"],
      });
      sendSecret(child, options.token);
      if (print !== null) passOn(child.stdout, print());
      if (ofErrors !== null) passOn(child.stderr, ofErrors());
      child.once("exit", (code, signal) => options.onExit?.(child.pid ?? 0, describeExit(code, signal)));
      // Emitted when no descriptors or no memory are left. Without a listener, the error would end this process.
      child.on("error", (error) => {
        if (child.pid === undefined) options.onStartFailed?.(error);
      });
      return child;
    };
    this.#children = Array.from({ length: options.count }, this.#start);
  }

  /** Starts a new process for each one that has ended. */
  refill(): void {
    for (const [position, child] of this.#children.entries()) {
      if (hasEnded(child)) this.#children[position] = this.#start();
    }
  }

  /** Resolves with the exit codes when all processes have ended. */
  async exitCodes(): Promise<number[]> {
    return await Promise.all(
      this.#children.map(async (child) => {
        if (!hasEnded(child)) await endOf(child);
        return child.exitCode === null || child.exitCode < 0 ? 1 : child.exitCode;
      }),
    );
  }

  signal(signal: NodeJS.Signals): void {
    for (const child of this.#children) child.kill(signal);
  }

  /** Waits for the processes to exit, and kills those that do not. */
  async end(): Promise<void> {
    const ended = this.exitCodes();
    const timeout = new AbortController();
    await Promise.race([ended, delay(endTimeoutMs, undefined, { signal: timeout.signal }).catch(() => {})]);
    timeout.abort();
    this.signal("SIGKILL");
    await ended;
    await Promise.race([Promise.all(this.#children.map(outputEnd)), delay(outputTimeoutMs, undefined, { ref: false })]);
  }
}

/** Resolves when the process has ended. A process that could not be started never emits "exit". */
function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => {
      if (child.pid === undefined) resolve();
    });
  });
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** Returns the variable that makes the console of a worker colour its output, which it otherwise does only on a terminal of its own. */
function colours({ NO_COLOR, FORCE_COLOR, NODE_DISABLE_COLORS }: NodeJS.ProcessEnv): { FORCE_COLOR?: string } {
  return NO_COLOR || FORCE_COLOR !== undefined || NODE_DISABLE_COLORS ? {} : { FORCE_COLOR: "1" };
}

function passOn(source: Readable | null, texts: PrintedTexts): void {
  source?.setEncoding("utf8");
  source?.on("data", (text: string) => texts.print(text));
  source?.once("close", () => texts.end());
}

async function outputEnd({ stdout, stderr }: ChildProcess): Promise<void> {
  // A process that could not be started for lack of descriptors has no streams.
  const sources = [stdout, stderr].filter((source) => source != null && !source.closed);
  await Promise.all(sources.map((source) => source && once(source, "close").catch(() => {})));
}
