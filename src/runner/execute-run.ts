import { WorkerServer } from "../master/workers/worker-server.ts";
import type { Result } from "../report/result/result-schema.ts";
import { type Execution, type LocalWorkers, noLocalWorkers, type RunnerContext } from "./execution.ts";
import { HostedRun } from "./hosted-run.ts";
import { defineRun, withdrawRun } from "./run-definition.ts";

/**
 * Carries out one run with this process as the master, and publishes its result.
 * @throws MusterError when the run cannot begin as requested, or a report file cannot be written
 */
export async function executeRun(execution: Execution, context: RunnerContext): Promise<Result> {
  const { bindHost: host, bindPort, token, tls, startWorkers } = execution;
  const { stores, stopper, log, workerOutput, createOutputs } = context;
  const definition = await defineRun(execution, stores);
  const server = new WorkerServer({ host, port: bindPort, token, ...(tls === undefined ? {} : { tls }), log });
  const port = await server.listen().catch((error: unknown) => {
    withdrawRun(definition);
    throw error;
  });
  let workers: LocalWorkers = noLocalWorkers;
  try {
    using run = new HostedRun(definition, {
      listener: server,
      port,
      acceptsMoreRuns: false,
      outputs: createOutputs(),
      log,
    });
    stopper.attach(run.master);
    workers = startWorkers({
      port,
      token,
      permissions: definition.resolved.permissions,
      output: workerOutput,
      onProcessEnded: (pid, how) => run.master.workers.processEnded(pid, how),
      onStartFailed: (error) => log.error(`a worker process cannot be started: ${error.message}`),
    });
    const result = await run.carryOut();
    return await run.publish(result);
  } finally {
    await server.close();
    await workers.end();
  }
}
