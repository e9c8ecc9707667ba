import type { Logger } from "pino";
import { closeCodes } from "../protocol/version.ts";
import type { IntervalReport } from "../stats/interval-report.ts";
import { Signal } from "./signal.ts";
import { WorkerHandle } from "./worker-handle.ts";
import { WorkerServer } from "./worker-server.ts";

export interface RosterOptions {
  readonly runId: string;
  readonly bindHost: string;
  readonly bindPort: number;
  readonly token: string;
  readonly log: Logger;
  /** Whether a worker may still join. */
  readonly isOpen: () => boolean;
  /** True when the report is new. */
  readonly onReport: (worker: WorkerHandle, report: IntervalReport) => boolean;
  readonly onLost: (worker: WorkerHandle) => void;
  /** It said goodbye, with everything reported. */
  readonly onLeft: (worker: WorkerHandle) => void;
}

/** A worker that says nothing for so long is lost. */
const workerTimeoutMs = 10_000;

/** The workers of a run: lets them in, notices those that are gone, and lets others wait for what they do. */
export class Roster {
  readonly workers: WorkerHandle[] = [];
  readonly #options: RosterOptions;
  readonly #server: WorkerServer;
  readonly #signal = new Signal();
  #watchdog: NodeJS.Timeout | null = null;

  constructor(options: RosterOptions) {
    this.#options = options;
    const { bindHost: host, bindPort: port, token, log } = options;
    this.#server = new WorkerServer({
      host,
      port,
      token,
      admit: () => (options.isOpen() ? null : "run-closed"),
      onWorker: (socket, hello) => {
        const worker = new WorkerHandle(this.workers.length + 1, hello, socket, {
          onChange: (changed) => this.#changed(changed),
          onLeft: options.onLeft,
          onReport: options.onReport,
          nowMs: () => performance.now(),
        });
        this.workers.push(worker);
        worker.welcome(options.runId);
        log.info({ worker: worker.number, host: hello.host, pid: hello.pid }, "worker joined");
        this.notify();
      },
      onRefused: (reason, detail) => log.warn({ reason }, `refused a worker: ${reason}: ${detail}`),
    });
  }

  get alive(): WorkerHandle[] {
    return this.workers.filter((worker) => worker.isAlive);
  }

  /** @returns the port. @throws ConfigurationError when it cannot listen. */
  async listen(): Promise<number> {
    const port = await this.#server.listen();
    this.#watchdog = setInterval(() => this.#loseSilent(), 1_000);
    return port;
  }

  /** Resolves to true as soon as `condition` holds, to false after `timeoutMs`. */
  until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    return this.#signal.until(condition, timeoutMs);
  }

  /** Something that a condition may depend on is different. */
  notify(): void {
    this.#signal.notify();
  }

  /** Sends every worker home and listens no more. */
  close(): void {
    if (this.#watchdog !== null) clearInterval(this.#watchdog);
    for (const worker of this.workers) worker.quit(closeCodes.finished, "the run is over");
    this.#server.close();
  }

  #changed(worker: WorkerHandle): void {
    if (worker.state === "lost") {
      const { log, onLost } = this.#options;
      log.warn({ worker: worker.number }, `lost ${worker.description}: ${worker.lostBecause}`);
      onLost(worker);
    }
    this.notify();
  }

  #loseSilent(): void {
    const nowMs = performance.now();
    for (const worker of this.alive) {
      if (nowMs - worker.lastHeardMs > workerTimeoutMs) worker.lose(`said nothing for ${workerTimeoutMs / 1_000} s`);
    }
  }
}
