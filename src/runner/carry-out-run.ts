import type { Logger } from "pino";
import { showLive } from "../cli/terminal/live-display.ts";
import { listenToKeys } from "../cli/terminal/live-keys.ts";
import type { Screen } from "../cli/terminal/screen.ts";
import { StreamOutput } from "../cli/terminal/stream-output.ts";
import { Master } from "../master/master.ts";
import type { MasterOptions } from "../master/master-options.ts";
import type { WorkerListener } from "../master/workers/worker-server.ts";
import type { Result } from "../report/result/result-schema.ts";
import type { Style } from "../report/text/style.ts";
import { DescriptorReserve } from "../worker/descriptor-reserve.ts";
import { masterShortage, readMachineLimits } from "../worker/machine-limits.ts";
import { analysesOf } from "./analyse-run.ts";
import { probeHost } from "./probe-host.ts";
import { strayErrors, tellOnce } from "./process/stray-errors.ts";
import { version } from "./process/version.ts";
import { publishResult } from "./publish-result.ts";
import { resultOf } from "./result-of.ts";
import type { RunDefinition } from "./run-definition.ts";
import type { RunOptions } from "./run-options.ts";

/** For the modules and files of the end of a run: sockets of workers may have taken all other descriptors. */
const reservedDescriptors = 64;

export interface RunSurroundings {
  readonly options: RunOptions;
  /** Where workers come in. */
  readonly listener: WorkerListener;
  readonly port: number;
  /** Whether another run may follow, with the same workers. */
  readonly acceptsMoreRuns: boolean;
  readonly screen: Screen;
  readonly style: Style;
  readonly log: Logger;
  /** Called before anything happens. */
  readonly onMaster: (master: Master) => void;
  readonly onWorkerLog?: MasterOptions["onWorkerLog"];
  /** Called as soon as the result is known. */
  readonly onResult?: (result: Result) => void;
}

/** Carries out one run with this process as the master, shows it, and reports it. */
export async function carryOutRun(definition: RunDefinition, surroundings: RunSurroundings): Promise<Result> {
  const { options, listener, port, acceptsMoreRuns, screen, style, log, onWorkerLog } = surroundings;
  const { resolved, testName, expectWorkers, runId } = definition;
  const shortage = masterShortage(expectWorkers, await readMachineLimits());
  const master = new Master({
    ...definition,
    listener,
    acceptsMoreRuns,
    log,
    ...(onWorkerLog === undefined ? {} : { onWorkerLog }),
  });
  surroundings.onMaster(master);
  master.workers.open();
  if (definition.restored !== null) log.info({ port, run: runId }, `resuming run ${runId}: waiting for its workers`);
  else log.info({ port, run: runId }, `waiting for ${expectWorkers} ${expectWorkers === 1 ? "worker" : "workers"}`);
  if (shortage !== null) log.warn(shortage);
  probeHost(resolved.host, log);
  const stream = options.stream === undefined ? null : new StreamOutput(options.stream, definition, master, log);
  const hide = showLive({ master, resolved, testName, expectWorkers, screen, style });
  const restoreKeys = listenToKeys(process.stdin, master, log);
  let late: Error | null = null;
  const forgetStrays = strayErrors.listen({
    ofTest: tellOnce((text) => log.warn(`${text}; the run goes on`)),
    // What was measured is worth a result even then; also when the load, which would end by it, has ended before.
    ofMuster: (error) => {
      if (master.fail(error)) return;
      log.error({ err: error }, "a defect in muster");
      late ??= error as Error;
    },
  });
  const reserve = new DescriptorReserve(reservedDescriptors);
  try {
    const outcome = await master.run();
    reserve.release();
    const result = resultOf(outcome, version, analysesOf(outcome, definition.store, log));
    hide();
    surroundings.onResult?.(result);
    const streamed = (await stream?.finish(result)) ?? null;
    await publishResult(definition, result, options, log, streamed);
    if (late !== null) throw late;
    return result;
  } finally {
    reserve.release();
    forgetStrays();
    hide();
    restoreKeys();
    master.close();
  }
}
