import type { Recording } from "../report/result/recording.ts";
import type { Result } from "../report/result/result-schema.ts";
import type { RunReader } from "../store/run-reader.ts";
import type { RunRecord } from "../store/run-record.ts";
import { storeError } from "../store/storage-fault.ts";
import type { ReportSource } from "./outputs/run-output.ts";

/** The place where a run is recorded: a `Store`, or the run of a master, which continues in memory after a fault. */
export interface RunArchive {
  readonly path: string;
  run(id: string): RunRecord | undefined;
  reader(id: string): RunReader;
}

/** The source of the files of a run: its result and, when a file needs it, the recording in the store. */
export class RecordedSource implements ReportSource {
  readonly result: Result;
  readonly #store: RunArchive | null;
  readonly #runId: string;
  #opened: { readonly run: RunRecord; readonly recording: RunReader } | null = null;

  /** @param store null when no file needs more than the result */
  constructor(store: RunArchive | null, runId: string, result: Result) {
    this.#store = store;
    this.#runId = runId;
    this.result = result;
  }

  readonly recorded = (): { readonly run: RunRecord; readonly recording: Recording } => {
    if (this.#opened !== null) return this.#opened;
    if (this.#store === null) throw new Error(`nothing is recorded of run ${this.#runId}`);
    const run = this.#store.run(this.#runId);
    if (run === undefined) throw storeError("store-run-unknown", this.#store.path, this.#runId);
    this.#opened = { run, recording: this.#wholeRecording(this.#store) };
    return this.#opened;
  };

  /**
   * Opens the recording of a whole run: a file made from a part of it would contradict the result.
   * @throws StoreError also if a part is missing
   */
  #wholeRecording(store: RunArchive): RunReader {
    const recording = store.reader(this.#runId);
    const { events, total } = this.result;
    const hasFailed = events.some(({ kind }) => kind === "store-failed");
    if (!hasFailed || recording.requestCount() === total.requests) return recording;
    recording.close();
    throw storeError("store-incomplete", store.path, this.#runId);
  }

  [Symbol.dispose](): void {
    this.#opened?.recording.close();
  }
}
