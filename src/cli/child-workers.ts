import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { LogLevel } from "./option-values.ts";

export interface ChildWorkersOptions {
  readonly count: number;
  readonly masterHost: string;
  readonly masterPort: number;
  readonly token: string;
  readonly connectTimeout: string;
  /** At a signal of their own; in a run the master decides. */
  readonly stopTimeout: string;
  readonly loglevel: LogLevel;
  readonly onExit?: (pid: number) => void;
}

/** How long a worker may take to end by itself at the end of a run. */
const endTimeoutMs = 5_000;
const muster = fileURLToPath(new URL("../../bin/muster.js", import.meta.url));

/** Worker processes of this process. They end with it, however it ends: their channel to it closes then. */
export class ChildWorkers {
  readonly #children: ChildProcess[];

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
    const env = { ...process.env, MUSTER_TOKEN: options.token, MUSTER_CHILD: "1" };
    this.#children = Array.from({ length: options.count }, () => {
      const child = fork(muster, words, { env, stdio: ["ignore", "inherit", "inherit", "ipc"] });
      child.once("exit", () => options.onExit?.(child.pid ?? 0));
      return child;
    });
  }

  /** Resolves when all have ended: their exit codes. */
  async exitCodes(): Promise<number[]> {
    return await Promise.all(
      this.#children.map(async (child) => {
        if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
        return child.exitCode ?? 1;
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
