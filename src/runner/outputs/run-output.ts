import type { RunEvent } from "../../core/run.ts";
import type { Master } from "../../master/master.ts";
import type { RequestRow, WantedRequests } from "../../protocol/request-rows.ts";
import type { RecordedRun, Recording } from "../../report/result/recording.ts";
import type { Result } from "../../report/result/result-schema.ts";
import type { Window } from "../../stats/windows.ts";
import type { RunDefinition } from "../run-definition.ts";

/** A run that this process carries out. */
export interface StartedRun {
  readonly definition: RunDefinition;
  readonly master: Master;
}

/** A run that has ended. */
export interface ReportSource {
  readonly result: Result;
  /** Returns the recording of the run in the store, which the first call reads. @throws StoreError */
  readonly recorded: () => { readonly run: RecordedRun; readonly recording: Recording };
}

/**
 * A place that shows or stores a run: the terminal, report files, the stream, the annotations of a GitHub job, the web page. It
 * corresponds to k6's `output.Output`. To add one, implement this interface in a file of this folder and add it to the list in
 * `cli/actions/execute.ts`. (The web page, which outlives a run, adds its output in `api/serve.ts`.)
 *
 *     begin -> (window | event)* -> settle -> finish -> close
 *
 * The runner calls these methods and makes no two calls at the same time. An instance serves one run.
 *
 * Errors: if an output throws, or its promise rejects, a warning with its `name` is logged, and none of its methods but `close`
 * is called any more. The run is not affected. Only a required output, such as report files, fails the run, with the exit code
 * of its error.
 *
 * Time: `window` and `event` are called on the event loop that also receives the reports of the workers. They must return
 * at once: put the data into a queue with an upper bound, send it in the background, and drop data when the queue is
 * full. `begin` delays the load, and `settle` and `finish` delay the end of the process, so they must time out.
 */
export interface RunOutput {
  /** The name with which warnings about this output begin, e.g. "--stream run.ndjson". */
  readonly name: string;
  /** Whether the run fails when this output fails; default false. */
  readonly isRequired?: boolean;
  /** Called before the first worker receives the test. Open connections and files here, not in the constructor. */
  begin?(run: StartedRun): void | Promise<void>;
  /**
   * Called about once a second, in the order of time, with the measurements of all workers in one second. The times of the
   * window are in ms since the start of the run. Its totals belong to the master: copy what is needed later, and change
   * nothing.
   */
  window?(window: Window): void;
  /** Called when the users change, a worker is lost, the load is paused, and so on. */
  event?(event: RunEvent): void;
  /** The requests with which `requests` is called; absent for none. */
  readonly wantedRequests?: Omit<WantedRequests, "perSecond">;
  /**
   * Called with requests that have ended on one worker, and the number that the worker left out before them. The worker sends
   * the next ones when the promise has resolved, which need not be soon: it drops and counts the requests that it cannot send.
   */
  requests?(worker: number, rows: readonly RequestRow[], leftOut: number): Promise<void>;
  /**
   * Called once before `finish`, for all outputs at the same time, when the figures are final: deliver what remains. Returns
   * warnings for the result, for example about data that could not be delivered.
   */
  settle?(ended: ReportSource): Promise<readonly string[]>;
  /**
   * Called once, with the result of the run and the recorded windows. An output without `begin` also gets the result of a
   * run that could not begin because its test threw while it was loaded.
   */
  finish?(ended: ReportSource): void | Promise<void>;
  /** Called last, also for a run without a result. Must release everything, and must not throw. */
  close?(): void;
}
