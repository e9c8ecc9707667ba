import type { Ending } from "../../core/run.ts";
import { stopRunRequest } from "../../protocol/user-requests.ts";
import type { RequestHandler, WorkerRequest } from "./worker-requests.ts";

/** A run that can be ended. */
export interface StoppableRun {
  readonly journal: { note(kind: "stopped-by-test", text: string): void };
  /**
   * Ends the load early if it runs. Returns whether it did. With a null ending, the verdict is based on what was
   * measured.
   */
  endLoad(ending: Ending | null): boolean;
}

/** Ends the run when the code of the test requests it. The first request determines the verdict. */
export class StopRun implements RequestHandler {
  readonly #run: StoppableRun;
  #isStopped = false;

  constructor(run: StoppableRun) {
    this.#run = run;
  }

  handle(request: WorkerRequest): void {
    const { reason, verdict, user } = stopRunRequest.payload.parse(request.payload);
    const message = `the test stopped the run: ${reason}`;
    const ending: Ending | null = verdict === "passed" ? null : { kind: "stopped-by-test", verdict, message };
    if (!this.#isStopped && this.#run.endLoad(ending)) {
      this.#isStopped = true;
      this.#run.journal.note("stopped-by-test", `${message} (${user})`);
    }
    request.respond(null);
  }
}
