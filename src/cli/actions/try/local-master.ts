import { pino } from "pino";
import type { RequestHandler } from "../../../master/shared/worker-requests.ts";
import { WorkerRequests } from "../../../master/shared/worker-requests.ts";
import { rendezvousRequest, stopRunRequest } from "../../../protocol/user-requests.ts";
import { MasterRequests } from "../../../worker/shared/master-requests.ts";
import type { Transcript } from "./transcript.ts";

/** The number of the only worker: this process. */
const onlyWorker = 1;

/**
 * Answers in this process what a worker requests of its master. A rendezvous is met at once, because a try has one user.
 * @param stop called when the test stops the run
 */
export function localMaster(transcript: Transcript, stop: () => void): MasterRequests {
  const requests = new MasterRequests((message) => master.receive(onlyWorker, message));
  const master = new WorkerRequests({
    // Nothing is stored, so whatever is shared is committed at once.
    journal: { share: () => queueMicrotask(() => master.committed()) },
    workers: { find: () => ({ respond: (message) => requests.responded(message) }) },
    shared: [],
    log: pino({ level: "silent" }),
  });
  master.register(rendezvousRequest.name, metAtOnce(transcript));
  master.register(stopRunRequest.name, stopped(transcript, stop));
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
