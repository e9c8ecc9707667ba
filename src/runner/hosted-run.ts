import { connect } from "node:net";
import type { Logger } from "pino";
import { Master } from "../master/master.ts";
import type { MasterOptions } from "../master/master-options.ts";
import type { Result } from "../report/result/result-schema.ts";
import { DescriptorReserve } from "../worker/descriptor-reserve.ts";
import { masterShortage, readMachineLimits } from "../worker/machine-limits.ts";
import type { RunOutput, StartedRun } from "./outputs/run-output.ts";
import { RunOutputs } from "./outputs/run-outputs.ts";
import { withUnwritten } from "./outputs/unwritten-output.ts";
import { reportOnce, unhandledErrors } from "./process/unhandled-errors.ts";
import { RecordedSource } from "./recorded-source.ts";
import { closeDataSources } from "./run-data-sources.ts";
import type { RunDefinition } from "./run-definition.ts";
import { endedResult } from "./run-result.ts";

/**
 * The number of descriptors that are reserved for the modules and files of the end of a run: the sockets of workers may have
 * taken all others.
 */
const reservedDescriptors = 64;
const probeTimeoutMs = 2_000;

export interface HostedRunOptions extends Pick<MasterOptions, "listener" | "acceptsMoreRuns" | "onWorkerLog"> {
  /** The port on which workers join. */
  readonly port: number;
  readonly outputs: readonly RunOutput[];
  readonly log: Logger;
}

/**
 * One run with this process as the master.
 *
 *     using run = new HostedRun(definition, options);
 *     const result = await run.carryOut();
 *     await run.publish(result);
 */
export class HostedRun implements StartedRun, Disposable {
  readonly definition: RunDefinition;
  readonly master: Master;
  readonly #options: HostedRunOptions;
  readonly #outputs: RunOutputs;
  readonly #reserve: DescriptorReserve;
  #stopListening = () => {};
  /** A defect of muster that appeared after the load had ended; null if there is none. */
  #defect: Error | null = null;

  constructor(definition: RunDefinition, options: HostedRunOptions) {
    const { listener, acceptsMoreRuns, onWorkerLog, outputs, log } = options;
    this.definition = definition;
    this.#outputs = new RunOutputs(outputs, log);
    this.master = new Master({
      ...definition,
      listener,
      acceptsMoreRuns,
      log,
      requestRows: this.#outputs.requestRows,
      ...(onWorkerLog === undefined ? {} : { onWorkerLog }),
    });
    this.#options = options;
    this.#reserve = new DescriptorReserve(reservedDescriptors);
  }

  /** Waits for the workers, runs the load and returns the result. There is always a result, whatever the workers or the test do. */
  async carryOut(): Promise<Result> {
    const { definition, master } = this;
    const { log } = this.#options;
    master.workers.open();
    this.#logStart();
    this.#stopListening = unhandledErrors.listen({
      ofTest: reportOnce((text) => log.warn(`${text}; the run continues`)),
      ofMuster: (error) => this.#endByDefect(error),
    });
    const shortage = masterShortage(definition.expectWorkers, await readMachineLimits());
    if (shortage !== null) log.warn(shortage);
    await this.#outputs.begin(this);
    const outcome = await master.run();
    this.#reserve.release();
    return endedResult(definition, outcome, log);
  }

  /**
   * Stores the result and passes it to all outputs. Called for every run, however it ended.
   * @returns the result, with warnings about what could not be delivered
   * @throws ConfigurationError or StoreError when a report file could not be written; all others are written nevertheless
   */
  async publish(measured: Result): Promise<Result> {
    // Store the result first, because the outputs may take a while.
    const isStored = this.#store(measured);
    const warnings = await this.#settleOutputs(measured);
    const result = warnings.length === 0 ? measured : { ...measured, warnings: [...measured.warnings, ...warnings] };
    if (isStored && result !== measured) this.#store(result);
    try {
      await this.#finishOutputs(result);
    } catch (error) {
      if (isStored) this.#store(withUnwritten(result, error));
      throw error;
    }
    if (this.#defect !== null) throw this.#defect;
    return result;
  }

  [Symbol.dispose](): void {
    this.#reserve.release();
    this.#stopListening();
    this.#outputs.close();
    this.master.close();
    closeDataSources(this.definition.data);
    this.definition.storage?.close();
  }

  #logStart(): void {
    const { port, log } = this.#options;
    const { runId, restored, expectWorkers, resolved } = this.definition;
    const workers = `${expectWorkers} ${expectWorkers === 1 ? "worker" : "workers"}`;
    log.info(
      { port, run: runId },
      restored === null ? `waiting for ${workers}` : `resuming run ${runId}: waiting for its workers`,
    );
    probeHost(resolved.host, log);
  }

  /** Ends the run after a defect of muster. The run still has a result of the measurements. */
  #endByDefect(error: unknown): void {
    if (this.master.fail(error)) return;
    this.#options.log.error({ err: error }, "a defect in muster");
    this.#defect ??= error as Error;
  }

  async #settleOutputs(result: Result): Promise<string[]> {
    const { storage, runId } = this.definition;
    using source = new RecordedSource(storage, runId, result);
    return await this.#outputs.settle(source);
  }

  /** Passes the result to the outputs. The store cannot be written while the source is open. */
  async #finishOutputs(result: Result): Promise<void> {
    const { storage, runId } = this.definition;
    using source = new RecordedSource(storage, runId, result);
    await this.#outputs.finish(source);
  }

  /** Stores the result. Returns false, and warns, if the store fails: that does not affect the result that is printed. */
  #store(result: Result): boolean {
    try {
      this.definition.storage?.saveResult(result);
      return true;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#options.log.warn(`the result could not be stored: ${why}`);
      return false;
    }
  }
}

/** Warns when nothing listens at the host. The run continues, and its requests count as failures. */
function probeHost(host: string, log: Logger): void {
  const url = new URL(host);
  const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
  const socket = connect({ host: url.hostname.replace(/^\[|\]$/g, ""), port });
  socket.setTimeout(probeTimeoutMs, () => socket.destroy(new Error(`no answer within ${probeTimeoutMs / 1_000} s`)));
  socket.once("connect", () => socket.destroy());
  socket.once("error", (error: Error & { code?: string }) => {
    log.warn(`${host} cannot be reached from here (${error.code ?? error.message}); the run continues`);
  });
  socket.unref();
}
