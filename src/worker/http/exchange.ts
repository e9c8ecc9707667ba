import { STATUS_CODES } from "node:http";
import type { Expectation, HttpResponse } from "../../scenario/http.ts";
import { describeThrown } from "../../scenario/test-frames.ts";
import type { EndpointRecorder } from "../../stats/interval-recorder.ts";
import { longestTimerMs } from "../longest-timer.ts";
import type { Dispatched, Exchange } from "./engine.ts";
import { classify, type Failure, RequestTimeout, VirtualUserStopped } from "./failure.ts";
import { ReceivedResponse } from "./response.ts";

/** Who wants to know how a request ended. */
export interface ExchangeOwner {
  /** `blockedMs` passed from asking for the request to its first byte. */
  blocked(blockedMs: number): void;
  /** The request is over: forget it. `setCookie` holds the values of its set-cookie headers. */
  finished(exchange: MeasuredExchange, url: string, setCookie: readonly string[]): void;
  /** Marks a request just recorded as failed. */
  failure(endpoint: EndpointRecorder, failure: Failure): void;
  interrupted(): void;
}

/**
 * One request on its way: takes the times, records them, judges the answer and settles the test's promise. A handler
 * object with every field set here, so that one request costs no closures.
 */
export class MeasuredExchange implements Exchange {
  readonly url: string;
  readonly #owner: ExchangeOwner;
  readonly #endpoint: EndpointRecorder;
  readonly #expect: Expectation | undefined;
  readonly #resolve: (response: HttpResponse) => void;
  readonly #reject: (error: Error) => void;
  readonly #timer: NodeJS.Timeout;
  /** When the plan, or else the test's code, wanted it. */
  readonly #intendedMs: number;
  readonly #askedMs: number;
  #sentMs = 0;
  #status = 0;
  #headers: Record<string, string> = {};
  #setCookie: readonly string[] = [];
  readonly #chunks: Uint8Array[] = [];
  #dispatched: Dispatched | null = null;

  constructor(
    owner: ExchangeOwner,
    url: string,
    endpoint: EndpointRecorder,
    timeoutMs: number,
    intendedMs: number,
    askedMs: number,
    expect: Expectation | undefined,
    resolve: (response: HttpResponse) => void,
    reject: (error: Error) => void,
  ) {
    this.url = url;
    this.#owner = owner;
    this.#endpoint = endpoint;
    this.#intendedMs = intendedMs;
    this.#askedMs = askedMs;
    this.#expect = expect;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(timeOut, Math.min(timeoutMs, longestTimerMs), this, timeoutMs);
  }

  get wasSent(): boolean {
    return this.#sentMs !== 0;
  }

  /** It could not even be handed over: nothing is recorded. */
  dispose(): void {
    clearTimeout(this.#timer);
  }

  dispatched(by: Dispatched): void {
    this.#dispatched = by;
  }

  abort(reason: Error): void {
    this.#dispatched?.abort(reason);
  }

  sent(): void {
    this.#sentMs = performance.now();
    this.#owner.blocked(this.#sentMs - this.#askedMs);
  }

  head(status: number, headers: Readonly<Record<string, string | readonly string[] | undefined>>): void {
    this.#status = status;
    for (const name of Object.keys(headers)) {
      const value = headers[name];
      if (value === undefined) continue;
      if (name === "set-cookie") this.#setCookie = typeof value === "string" ? [value] : value;
      this.#headers[name] = typeof value === "string" ? value : value.join(", ");
    }
  }

  body(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
  }

  ended(bytesIn: number, bytesOut: number): void {
    const response = this.#record(bytesIn, bytesOut);
    const failure = judge(response, this.#expect);
    this.#settle(response, failure);
  }

  failed(error: Error, bytesIn: number, bytesOut: number): void {
    if (error instanceof VirtualUserStopped) {
      clearTimeout(this.#timer);
      this.#owner.finished(this, this.url, this.#setCookie);
      this.#owner.interrupted();
      this.#reject(error);
      return;
    }
    this.#settle(this.#record(bytesIn, bytesOut), classify(error));
  }

  /** A request that was never sent took from the asking to the failure. */
  #record(bytesIn: number, bytesOut: number): ReceivedResponse {
    clearTimeout(this.#timer);
    const endedMs = performance.now();
    const durationMs = endedMs - (this.#sentMs || this.#askedMs);
    this.#endpoint.record(durationMs * 1_000, (endedMs - this.#intendedMs) * 1_000, bytesIn, bytesOut);
    return new ReceivedResponse(this.#status, this.#headers, this.#chunks, durationMs);
  }

  #settle(response: ReceivedResponse, failure: Failure | null): void {
    if (failure !== null) {
      response.ok = false;
      response.error = failure;
      this.#owner.failure(this.#endpoint, failure);
    }
    this.#owner.finished(this, this.url, this.#setCookie);
    this.#resolve(response);
  }
}

function timeOut(exchange: MeasuredExchange, timeoutMs: number): void {
  exchange.abort(new RequestTimeout(`no complete response within ${timeoutMs} ms`));
}

/** Null when the response is what was expected. */
function judge(response: ReceivedResponse, expect: Expectation | undefined): Failure | null {
  const { status } = response;
  if (expect === undefined) {
    if (status < 400) return null;
    return { kind: status < 500 ? "4xx" : "5xx", message: `${status} ${STATUS_CODES[status] ?? ""}`.trim() };
  }
  if (typeof expect !== "function") {
    const wanted = typeof expect === "number" ? [expect] : expect;
    if (wanted.includes(status)) return null;
    return { kind: "check", message: `expected status ${wanted.join(" or ")}, got ${status}` };
  }
  try {
    const verdict: unknown = expect(response);
    if (verdict === true) return null;
    return { kind: "check", message: typeof verdict === "string" ? verdict : "the expectation was not met" };
  } catch (error) {
    return { kind: "check", message: `the expectation threw: ${describeThrown(error)}` };
  }
}
