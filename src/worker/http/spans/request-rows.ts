import { redactText } from "../../../core/redaction/redact.ts";
import { phaseNames } from "../../../core/request-phase.ts";
import {
  cutError,
  cutGroup,
  cutUrl,
  mostRows,
  type RequestRow,
  type RequestRowsMessage,
  type WantedRequests,
} from "../../../protocol/request-rows.ts";
import { type EndedRequest, responseMsOf } from "./watched-engine.ts";

const passEveryMs = 250;
/** The approximate limit of one message, in bytes: the master accepts 16 MiB. */
const mostRowBytes = 4_000_000;
const passesPerSecond = 1_000 / passEveryMs;
/** The number of URLs whose masked form is cached until the next pass. */
const mostMasked = 1_000;

/** The user that has made a request. */
export interface RowPlace {
  readonly scenario: string;
  readonly className: string;
}

/**
 * Sends the master a row for each request that it wants individually. At most as many rows wait as may be sent in a second,
 * and only one message is in flight at a time. Further requests are counted and left out.
 */
export class RequestRows {
  readonly #wanted: WantedRequests;
  readonly #send: (message: RequestRowsMessage) => void;
  readonly #sinceStartMs: () => number;
  readonly #timer: NodeJS.Timeout;
  readonly #masked = new Map<string, string>();
  #waiting: RequestRow[] = [];
  #leftOut = 0;
  #lastBatch = 0;
  /** The message that was sent and not yet acknowledged; null for none. */
  #open: RequestRowsMessage | null = null;
  /** Called when everything is sent and acknowledged; null while the load runs. */
  #settled: (() => void) | null = null;

  constructor(wanted: WantedRequests, send: (message: RequestRowsMessage) => void, sinceStartMs: () => number) {
    this.#wanted = wanted;
    this.#send = send;
    this.#sinceStartMs = sinceStartMs;
    this.#timer = setInterval(() => this.#pass(), passEveryMs).unref();
  }

  /** Takes a request that has ended, if the master wants it. */
  add(ended: EndedRequest, place: RowPlace): void {
    const { share, hasSampled, perSecond } = this.#wanted;
    const isLogged = ended.span.position < share;
    if (!isLogged && !(hasSampled && ended.span.isSampled)) return;
    if (this.#waiting.length >= perSecond) this.#leftOut++;
    else this.#waiting.push(this.#rowOf(ended, place, isLogged));
  }

  /** Called when the master has acknowledged the message `batch`. */
  taken(batch: number): void {
    if (this.#open?.batch !== batch) return;
    this.#open = null;
    if (this.#settled !== null) this.#pass();
  }

  /** Called when the worker has another socket. Resends the last message, which may have been lost with the previous socket. */
  reconnected(): void {
    if (this.#open !== null) this.#send(this.#open);
  }

  /**
   * Sends all waiting rows. Resolves when the master has acknowledged them, or after `timeoutMs`, to the number of rows that
   * it may not have received.
   */
  async settle(timeoutMs: number): Promise<number> {
    clearInterval(this.#timer);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#settled = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#pass();
    });
    return (this.#open?.rows.length ?? 0) + this.#waiting.length;
  }

  #pass(): void {
    // A secret that has become known in the meantime must not come from this cache.
    this.#masked.clear();
    if (this.#open !== null) return;
    const most = Math.min(mostRows, Math.ceil(this.#wanted.perSecond / passesPerSecond));
    const rows = this.#waiting.splice(0, rowsWithin(this.#waiting, most));
    if (rows.length === 0 && this.#leftOut === 0) {
      this.#settled?.();
      return;
    }
    this.#open = { type: "request-rows", batch: ++this.#lastBatch, rows, leftOut: this.#leftOut };
    this.#leftOut = 0;
    this.#send(this.#open);
  }

  #rowOf(ended: EndedRequest, place: RowPlace, isLogged: boolean): RequestRow {
    const { span, asked, exchange, status, bytesIn, bytesOut } = ended;
    const { times, user } = exchange;
    const { request, failure, traceId, spanId, isSampled } = span;
    return {
      atMs: this.#sinceStartMs() - (times.endedMs - (times.sentMs || times.askedMs)),
      user,
      ...place,
      group: cutGroup(asked.group?.path ?? ""),
      method: request.method,
      name: asked.endpoint.name,
      url: this.#maskedUrl(request.origin, request.path),
      status,
      failure: failure?.kind ?? "",
      error: failure === null ? "" : cutError(redactText(failure.message)),
      serviceMs: Math.max(0, times.serviceMs),
      responseMs: Math.max(0, responseMsOf(ended)),
      phasesMs: times.sentMs === 0 ? [] : phaseNames.map((_, phase) => Math.max(0, times.phaseMs(phase) ?? 0)),
      bytesIn,
      bytesOut,
      traceId,
      spanId,
      isSampled,
      isLogged,
    };
  }

  /** Returns the masked URL. It is cached, because most tests request the same URLs again and again. */
  #maskedUrl(origin: string, path: string): string {
    const url = origin + path;
    const known = this.#masked.get(url);
    if (known !== undefined) return known;
    const masked = cutUrl(redactText(url));
    if (this.#masked.size >= mostMasked) this.#masked.clear();
    this.#masked.set(url, masked);
    return masked;
  }
}

/** Returns how many of the first rows fit into a message; at least one. Names and groups may be long, and in any script. */
function rowsWithin(rows: readonly RequestRow[], most: number): number {
  let bytes = 0;
  let fitting = 0;
  for (const { scenario, className, group, name, url, error } of rows.slice(0, most)) {
    const characters = scenario.length + className.length + group.length + name.length + url.length + error.length;
    // In UTF-8 a character takes up to 3 bytes; the numbers and the names of the fields take less than 700.
    bytes += 3 * characters + 700;
    if (bytes > mostRowBytes) break;
    fitting++;
  }
  return Math.max(1, fitting);
}
