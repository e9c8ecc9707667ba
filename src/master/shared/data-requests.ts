import * as z from "zod";
import type { NumberRange } from "../../core/ranges.ts";
import { rowAt } from "../../core/row-order.ts";
import { type DataResponse, dataRequest, rowRanges } from "../../protocol/data-messages.ts";
import type { DataUse } from "../../report/result/run-data.ts";
import type { RowFile } from "../../scenario/data/row-file.ts";
import type { DeclaredData } from "../../scenario/shared/data.ts";
import type { SharedRecord } from "../../store/batch.ts";
import type { ConnectedWorker } from "../workers/connected-worker.ts";
import { DataLedger } from "./data-ledger.ts";
import type { RequestHandler, WorkerRequest } from "./worker-requests.ts";

/** A data source of the run, with its file. */
export interface RunDataSource extends DeclaredData {
  /** The number of rows. */
  readonly count: number;
  /** The file with the rows; null if the rows are in the test. */
  readonly opened: RowFile | null;
}

type HoldingWorker = Pick<ConnectedWorker, "isAlive" | "isConnected"> & {
  readonly socket: Pick<ConnectedWorker["socket"], "lastHeardMs">;
};

export interface DataRequestsOptions {
  readonly sources: readonly RunDataSource[];
  readonly seed: number;
  /** The shared values of a resumed run. */
  readonly shared: readonly SharedRecord[];
  readonly journal: { share(record: SharedRecord): void; note(kind: "data-empty", text: string): void };
  /** Ends the load. Called when a source has no rows left. */
  readonly stopRun: () => void;
  readonly workers: {
    readonly alive: readonly unknown[];
    findById(id: string): HoldingWorker | undefined;
  };
  /** Milliseconds on the master's clock. */
  readonly nowMs: () => number;
}

const storedLedger = z.object({ next: z.number(), back: rowRanges, used: z.number() });

/** The stored form of an answer. Whenever it is sent, the text of the rows is read from the file again. */
const answered = z.strictObject({ ranges: rowRanges, isEmpty: z.boolean(), isWanted: z.boolean() });

/** The approximate maximum size of the rows in one response, in bytes, and their maximum number. */
const mostBytes = 512 * 1024;
const mostRows = 10_000;
/** How long other workers wait for rows that a worker without a socket holds. */
const expectedForMs = 5_000;
const serveAgainMs = 1_000;
const heldScope = "data-held";

interface Source {
  readonly declared: RunDataSource;
  /** Whether each row is used only once in the run. */
  readonly isOnce: boolean;
  readonly seed: number;
  readonly ledger: DataLedger;
  /** Requests that wait until rows are given back, or all are used. */
  readonly waiting: Map<string, { readonly request: WorkerRequest; readonly want: number }>;
  isEmptySaid: boolean;
  /** Checks again whether the waiting requests can be served. */
  timer: NodeJS.Timeout | null;
}

/**
 * Gives rows to workers, several ahead of need, and accounts for each row. The rows that a worker holds are stored
 * before they are sent to it, so no row is given twice, whatever is lost or restarted.
 */
export class DataRequests implements RequestHandler {
  readonly #options: DataRequestsOptions;
  readonly #sources = new Map<string, Source>();

  constructor(options: DataRequestsOptions) {
    this.#options = options;
    for (const [position, declared] of options.sources.entries()) {
      this.#sources.set(declared.name, this.#restored(declared, position));
    }
  }

  /** The use of the rows so far. */
  get uses(): DataUse[] {
    return [...this.#sources.values()].map(({ declared: { name, count }, isOnce, ledger }) => {
      return { name, rows: count, isOnce, ...ledger.counts };
    });
  }

  handle(request: WorkerRequest): void {
    const { source: name, used, back, unused, taken, want } = dataRequest.parse(request.payload);
    const source = this.#sources.get(name);
    if (source === undefined) {
      request.refuse("unknown-data", `the test on the master has no data "${name}"`);
      return;
    }
    const { ledger, waiting } = source;
    ledger.use(request.workerId, used);
    ledger.giveBack(back);
    ledger.release(request.workerId, unused);
    ledger.count(taken);
    this.#share(source, request.workerId);
    if (want === 0) request.respond({ ranges: [], isEmpty: false, isWanted: ledger.left === 0 && waiting.size > 0 });
    else waiting.set(keyOf(request), { request, want: Math.min(want, mostRows) });
    this.#serve(source);
  }

  /** Takes back the rows of a response that the worker did not use: they can be given to others. */
  cancelled(request: WorkerRequest, value: unknown): void {
    const source = this.#sources.get(String(request.payload.source));
    if (source === undefined) return;
    source.waiting.delete(keyOf(request));
    if (value === undefined) return;
    source.ledger.release(request.workerId, answered.parse(value).ranges);
    this.#share(source, request.workerId);
    this.#serve(source);
  }

  complete(asked: WorkerRequest["payload"], value: unknown): DataResponse {
    const { ranges: given, isEmpty, isWanted } = answered.parse(value);
    const source = this.#sources.get(String(asked.source));
    const file = source?.declared.opened ?? null;
    const numbers = source === undefined ? [] : given.flatMap((range) => this.#numbersOf(source, range));
    const rows = file === null ? numbers : file.rows(numbers);
    return { ranges: given, isEmpty, isWanted, rows, format: file?.format ?? null, head: file?.head ?? "" };
  }

  /** Serves waiting requests: they no longer wait for rows that a lost worker holds. */
  lost(): void {
    for (const source of this.#sources.values()) this.#serve(source);
  }

  returned(): void {
    this.lost();
  }

  #restored(declared: RunDataSource, position: number): Source {
    const { shared, seed } = this.#options;
    const isOnce = declared.use === "once" && declared.per === "run";
    const limit = isOnce ? declared.count : Number.POSITIVE_INFINITY;
    const found = shared.find(({ scope, key }) => scope === "data" && key === declared.name);
    const known = found === undefined ? undefined : storedLedger.parse(found.value);
    const ledger = new DataLedger(limit, known);
    for (const { scope, key, value } of shared) {
      const [name, workerId] = scope === heldScope ? (JSON.parse(key) as [string, string]) : ["", ""];
      if (scope === heldScope && name === declared.name) ledger.restore(workerId, rowRanges.parse(value));
    }
    const source = {
      declared,
      isOnce,
      seed: seed + position,
      ledger,
      waiting: new Map(),
      isEmptySaid: false,
      timer: null,
    };
    if (found === undefined) this.#shareSource(source);
    return source;
  }

  #numbersOf({ declared: { order, count }, seed }: Source, [first, end]: NumberRange): number[] {
    return Array.from({ length: end - first }, (_, position) => rowAt(order, first + position, count, seed));
  }

  /** Serves all waiting requests that can be served, in order. */
  #serve(source: Source): void {
    const { ledger, waiting } = source;
    for (const [key, { request, want }] of waiting) {
      if (this.#options.workers.findById(request.workerId)?.isAlive !== true) continue;
      // Wait: other workers may give back rows, and this worker can use the rows that it holds.
      if (ledger.left === 0 && ledger.holders.some((holder) => this.#isExpected(holder))) {
        source.timer ??= setTimeout(() => {
          source.timer = null;
          this.#serve(source);
        }, serveAgainMs).unref();
        return;
      }
      waiting.delete(key);
      const given = ledger.give(request.workerId, this.#portionOf(source, want));
      if (given.length === 0) this.#noteEmpty(source);
      this.#share(source, request.workerId);
      request.respond({ ranges: given, isEmpty: given.length === 0, isWanted: false });
    }
  }

  /**
   * Returns how many rows to give: towards the end fewer and fewer, so that no worker waits while another holds many.
   */
  #portionOf({ ledger, declared: { opened } }: Source, want: number): number {
    const { workers } = this.#options;
    const fair = Math.ceil(ledger.left / (2 * Math.max(1, workers.alive.length)));
    const fitting = opened === null ? mostRows : Math.ceil(mostBytes / opened.meanBytes);
    return Math.min(want, fair, fitting);
  }

  #noteEmpty(source: Source): void {
    if (source.isEmptySaid) return;
    source.isEmptySaid = true;
    if (source.declared.whenEmpty === "stop-run") this.#options.stopRun();
    const { used, uncertain } = source.ledger.counts;
    const lost = uncertain === 0 ? "" : `, and ${uncertain} may have been used by lost workers`;
    const ends = source.declared.whenEmpty === "stop-run" ? "; the load ends with it" : "";
    this.#options.journal.note(
      "data-empty",
      `no row of data "${source.declared.name}" is left: ${used} were used${lost}${ends}`,
    );
  }

  #share(source: Source, workerId: string): void {
    this.#shareSource(source);
    const held = source.ledger.heldBy(workerId);
    const key = JSON.stringify([source.declared.name, workerId]);
    this.#options.journal.share({ scope: heldScope, key, value: held.length === 0 ? undefined : held });
  }

  #shareSource({ declared: { name, count, opened }, isOnce, ledger }: Source): void {
    const value = { rows: count, isOnce, hash: opened?.hash ?? null, ...ledger.stored };
    this.#options.journal.share({ scope: "data", key: name, value });
  }

  /** Whether the worker is expected to report how it used the rows it holds. A silent worker may never return. */
  #isExpected(workerId: string): boolean {
    const worker = this.#options.workers.findById(workerId);
    if (worker === undefined || !worker.isAlive) return false;
    return worker.isConnected || this.#options.nowMs() - worker.socket.lastHeardMs < expectedForMs;
  }
}

/** Returns a key that identifies a request while the master runs. */
function keyOf({ workerId, id }: WorkerRequest): string {
  return `${id}/${workerId}`;
}
