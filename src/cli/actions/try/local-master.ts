import { pino } from "pino";
import { DataRequests, type RunDataSource } from "../../../master/shared/data-requests.ts";
import { OnceValues } from "../../../master/shared/once-values.ts";
import { QueueRequests } from "../../../master/shared/queue-requests.ts";
import { RowRequests } from "../../../master/shared/row-requests.ts";
import type { RequestHandler } from "../../../master/shared/worker-requests.ts";
import { WorkerRequests } from "../../../master/shared/worker-requests.ts";
import { rendezvousRequest, stopRunRequest } from "../../../protocol/user-requests.ts";
import { onceRequest } from "../../../scenario/shared/once.ts";
import { queueRequests } from "../../../scenario/shared/queue.ts";
import { MasterRequests } from "../../../worker/shared/master-requests.ts";
import type { Transcript } from "./transcript.ts";

/** The only worker, which is this process. */
const onlyWorker = { number: 1, id: "try" };

/**
 * Answers, in this process, the requests of a worker to its master. A rendezvous is met at once, because a try has only one user at a time.
 * @param sources the data sources of the test; their rows are used only in this process
 * @param stop called when the test stops the run
 */
export function localMaster(
  transcript: Transcript,
  sources: readonly RunDataSource[],
  seed: number,
  stop: () => void,
): MasterRequests {
  const requests = new MasterRequests((message) => master.receive(onlyWorker, message));
  // Nothing is stored, so that shared values are committed at once.
  const journal = { share: () => queueMicrotask(() => master.committed()), note: () => {} };
  const worker = { isAlive: true, isConnected: true, socket: { lastHeardMs: 0 } };
  const master = new WorkerRequests({
    journal,
    workers: { findById: () => ({ respond: (message) => requests.responded(message) }) },
    shared: [],
    log: pino({ level: "silent" }),
  });
  master.register(rendezvousRequest.name, metAtOnce(transcript));
  master.register(stopRunRequest.name, stopped(transcript, stop));
  const workers = { alive: [worker], findById: () => worker };
  const nowMs = () => performance.now();
  master.register(onceRequest, new OnceValues(journal, []));
  master.register("data", new DataRequests({ sources, seed, shared: [], journal, workers, stopRun: stop, nowMs }));
  const queues = new QueueRequests({ shared: [], journal, workers });
  master.register(queueRequests.put, queues.puts);
  master.register(queueRequests.take, queues.takes);
  master.register("rows", new RowRequests(sources, seed));
  return requests;
}

function metAtOnce(transcript: Transcript): RequestHandler {
  return {
    handle(request) {
      const { name, users } = rendezvousRequest.payload.parse(request.payload);
      if (users > 1) transcript.warn(`rendezvous "${name}" waits for ${users} users in a run; here it is met by one`);
      request.respond(true);
    },
  };
}

function stopped(transcript: Transcript, stop: () => void): RequestHandler {
  return {
    handle(request) {
      const { reason, verdict } = stopRunRequest.payload.parse(request.payload);
      transcript.warn(`the test stops the run here (${verdict}): ${reason}`);
      stop();
      request.respond(null);
    },
  };
}
