import { type ChildProcess, fork } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { LogLevel } from "../run-options.ts";

/** What a shell makes of a signal. */
const signalOffset = 128;
const namedSignals: Readonly<Record<number, NodeJS.Signals>> = { 6: "SIGABRT", 9: "SIGKILL" };

/** How a worker's process has ended, and what that commonly means. */
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

export interface ChildWorkersOptions {
  readonly count: number;
  readonly masterHost: string;
  readonly masterPort: number;
  readonly token: string;
  /** Whether the master is reached over TLS, and the file of the certificates that are trusted then. */
  readonly tls?: boolean;
  readonly tlsCa?: string | null;
  readonly connectTimeout: string;
  /** At a signal of their own; in a run the master decides. */
  readonly stopTimeout: string;
  readonly loglevel: LogLevel;
  /** What their test prints goes to standard error, as standard output carries a result; default false. */
  readonly keepsStandardOutput?: boolean;
  /** Where their connections come from; none: the system chooses. */
  readonly localAddresses?: readonly string[];
  /** `how` in words, as "its process was killed (SIGKILL) …". */
  readonly onExit?: (pid: number, how: string) => void;
  /** The system did not let one start. */
  readonly onStartFailed?: (error: Error) => void;
}

/** How long a worker may take to end by itself at the end of a run. */
const endTimeoutMs = 5_000;
const standardOutput = 1;
const standardError = 2;
const muster = fileURLToPath(new URL("../../../bin/muster.js", import.meta.url));

/** Worker processes of this process. They end with it, however it ends: their channel to it closes then. */
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
    // The token goes by the environment: a command line can be read by everybody on the machine.
    // What concerns TLS would else be that of this process, whose master may be another.
    const tls = { MUSTER_TLS: options.tls === true ? "1" : "", MUSTER_TLS_CA: options.tlsCa ?? "" };
    const machine = {
      MUSTER_LOCAL_ADDRESS: options.localAddresses?.join(",") ?? "",
      MUSTER_SIBLINGS: String(options.count),
    };
    const env = { ...process.env, ...tls, ...machine, MUSTER_TOKEN: options.token, MUSTER_CHILD: "1" };
    this.#start = () => {
      const output = options.keepsStandardOutput === true ? standardError : standardOutput;
      const child = fork(muster, words, { env, stdio: ["ignore", output, standardError, "ipc"] });
      child.once("exit", (code, signal) => options.onExit?.(child.pid ?? 0, describeExit(code, signal)));
      // Without descriptors or memory to start it; without a listener the error would end this process.
      child.on("error", (error) => {
        if (child.pid === undefined) options.onStartFailed?.(error);
      });
      return child;
    };
    this.#children = Array.from({ length: options.count }, this.#start);
  }

  /** Replaces those that have ended. */
  refill(): void {
    for (const [position, child] of this.#children.entries()) {
      if (hasEnded(child)) this.#children[position] = this.#start();
    }
  }

  /** Resolves when all have ended: their exit codes. */
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

  /** Waits for them to end, and then makes them. */
  async end(): Promise<void> {
    const ended = this.exitCodes();
    const timeout = new AbortController();
    await Promise.race([ended, delay(endTimeoutMs, undefined, { signal: timeout.signal }).catch(() => {})]);
    timeout.abort();
    this.signal("SIGKILL");
    await ended;
  }
}

/** Also of one that could not be started, which never exits. */
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
