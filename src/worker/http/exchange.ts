import { failureKinds } from "../../core/failure-kind.ts";
import type { EndpointRecorder } from "../../stats/endpoint-recorder.ts";
import type { RequestSlices } from "../user/slices.ts";
import type { AskedRequest } from "./asked-request.ts";
import { defects } from "./defects.ts";
import type { Dispatched, Exchange, HeaderSource, OutgoingRequest } from "./engine.ts";
import { RequestDeadline } from "./request-deadline.ts";
import { RequestTimes } from "./request-times.ts";
import { classify, type Failure, type RequestTimeout, VirtualUserStopped } from "./response/failure.ts";
import { judge } from "./response/judgement.ts";
import { append, type ReceivedBody } from "./response/received-body.ts";
import { ReceivedResponse } from "./response/response.ts";
import type { RequestSpan } from "./spans/request-span.ts";
import { ReceivedStream } from "./stream/received-stream.ts";
import { type ResponseStream, StreamAbandoned, type StreamSource } from "./stream/response-stream.ts";
import type { FailedExchange } from "./trace/failed-request.ts";

/** The bytes that are kept of the body of an error whose test does not read bodies. */
const mostEvidenceBytes = 1_000;

/** The client that the request belongs to. It is notified when the request ends. */
export interface ExchangeOwner {
  /** Whether response bodies are kept. */
  readonly keepsBodies: boolean;
  /** The number of the user: `vu.index`; 0 without a user. */
  readonly userIndex: number;
  /** Records `blockedMs`, the time that the request waited until its first byte was sent. */
  blocked(blockedMs: number): void;
  /**
   * Called when the request has ended and must no longer be kept. `headers`: the headers of its response; null if none
   * arrived.
   */
  finished(exchange: MeasuredExchange, headers: HeaderSource | null): void;
  /** Marks a request that was just recorded as failed. `exchange` and `response` show what happened. */
  failure(endpoint: EndpointRecorder, failure: Failure, exchange: FailedExchange, response: ReceivedResponse): void;
  interrupted(): void;
  /**
   * Called when the head of a streamed response has arrived. The test now reads the body itself, and the request is no longer
   * part of its iteration.
   */
  streams(exchange: MeasuredExchange, headers: HeaderSource): void;
  /** Whether this process was stalled while a request that was due at `dueMs` was waiting or open. */
  touchedByStall(dueMs: number, endedMs: number): boolean;
  /** Whether to resend a request whose reused connection was closed. Counts a reconnect if it returns true. */
  reconnects(request: OutgoingRequest): boolean;
}

/**
 * One open request: takes its times, records them, checks the response and settles the promise of the test. One object
 * is the handler, the timer and the list entry, so that a request allocates no closures. The owner reuses it for later
 * requests once its request has ended; its timer may stay in the wheel until then.
 */
export class MeasuredExchange extends RequestDeadline implements Exchange, StreamSource {
  readonly times = new RequestTimes();
  /** The next entry in the owner's list of open requests. */
  nextOpen: MeasuredExchange | null = null;
  previousOpen: MeasuredExchange | null = null;
  /** The number that the owner gave to the iteration in which the request began. */
  iteration = 0;
  /** The span of the open request, in a run that traces or logs its requests; else null. */
  span: RequestSpan | null = null;
  readonly #owner: ExchangeOwner;
  /** The open request; null between two requests. */
  #asked: AskedRequest | null;
  #status = 0;
  #headers: HeaderSource | null = null;
  #received: ReceivedBody = "";
  #dispatched: Dispatched | null = null;
  #hasReconnected = false;
  /** Whether the times of the request are not recorded. */
  #isStalled = false;
  /** Whether the response body is collected for the test. */
  #collects: boolean;
  /** The response whose body is being streamed; null for any other. */
  #streamed: ReceivedStream | null = null;

  constructor(owner: ExchangeOwner, asked: AskedRequest) {
    super();
    this.#owner = owner;
    this.#asked = asked;
    this.#collects = owner.keepsBodies && asked.stream === null;
  }

  get asked(): AskedRequest {
    if (this.#asked === null) throw new Error("the request is over");
    return this.#asked;
  }

  /** Starts the next request on this object. */
  restart(asked: AskedRequest): void {
    this.#asked = asked;
    this.#collects = this.#owner.keepsBodies && asked.stream === null;
    this.#status = 0;
    this.#hasReconnected = false;
  }

  /** Releases the ended request and its response: a user may pause for an hour before its next one. */
  clear(): void {
    this.#asked = null;
    this.#headers = null;
    this.#received = "";
    this.#dispatched = null;
    this.#streamed = null;
  }

  /** The headers of the response; null without one. */
  get headers(): HeaderSource | null {
    return this.#headers;
  }

  /** The part of the body that was kept. */
  get received(): ReceivedBody {
    return this.#received;
  }

  /** The number of the user: `vu.index`. */
  get user(): number {
    return this.#owner.userIndex;
  }

  /** Whether the times of the last request are not recorded because this process was stalled. */
  get isStalled(): boolean {
    return this.#isStalled;
  }

  get wasSent(): boolean {
    return this.times.sentMs !== 0;
  }

  /** Starts the time limits of the request, at `nowMs`. */
  begin(nowMs: number): void {
    this.beginTime(this.asked.limits, nowMs);
  }

  dispatched(by: Dispatched): void {
    this.#dispatched = by;
  }

  abort(reason: Error): void {
    this.#dispatched?.abort(this, reason);
  }

  get elapsedMs(): number {
    return performance.now() - this.times.sentMs;
  }

  pause(): void {
    this.waitsForTest();
    this.#dispatched?.pause(this);
  }

  resume(): void {
    this.gotAnswer();
    this.#dispatched?.resume(this);
  }

  /** Ends the time limits while the request waits for a permit; `releaseTime` starts them again. */
  holdTime(): void {
    this.endTime();
  }

  releaseTime(nowMs: number): void {
    this.beginTime(this.asked.limits, nowMs);
  }

  protected override overdue(reason: RequestTimeout): void {
    this.abort(reason);
  }

  sent(sentMs: number, connectMs: number, tlsMs: number): void {
    const { times } = this;
    times.connectMs = connectMs;
    times.tlsMs = tlsMs;
    this.sentAt(sentMs, connectMs === 0);
    if (times.sentMs === 0) {
      times.sentMs = sentMs;
      this.#owner.blocked(sentMs - times.askedMs);
    } else times.resentMs = sentMs;
  }

  reconnects(nowMs: number): boolean {
    // At most once: if the service closes the new connection too, the request has failed.
    if (this.#hasReconnected || !this.#owner.reconnects(this.asked.request)) return false;
    this.#hasReconnected = true;
    this.times.writtenMs = 0;
    this.connectsAgain(nowMs);
    return true;
  }

  written(writtenMs: number): void {
    this.times.writtenMs = writtenMs;
  }

  head(status: number, headers: HeaderSource, firstByteMs: number): void {
    this.#status = status;
    this.#headers = headers;
    this.times.firstByteMs = firstByteMs;
    this.gotAnswer();
    if (this.#asked?.stream) this.#beginStream(this.#asked.stream, headers);
  }

  /** Passes the response to the test, which reads the body while it arrives. The status is judged now. */
  #beginStream(stream: ResponseStream, headers: HeaderSource): void {
    const { asked } = this;
    try {
      const response = new ReceivedStream(asked.request, this.#status, headers, stream);
      this.#streamed = response;
      stream.begin(this, this.#status);
      this.#owner.streams(this, headers);
      const failure = judge(response, asked.expect);
      response.ok = failure === null;
      response.error = failure;
      asked.resolve(response);
    } catch (error) {
      this.abort(defects.contain(error));
    }
  }

  body(bytes: Buffer, from: number, to: number): void {
    this.gotAnswer();
    if (this.#collects) this.#received = append(this.#received, bytes, from, to);
    else this.#passBody(bytes, from, to);
  }

  /** Handles a body that is streamed or that the test does not read: the start of the body of an error is kept as evidence. */
  #passBody(bytes: Buffer, from: number, to: number): void {
    if (this.#status >= 400 && this.#received === "") {
      this.#received = append("", bytes, from, Math.min(to, from + mostEvidenceBytes));
    }
    // This may end the request.
    if (this.#streamed !== null) this.asked.stream?.take(bytes, from, to);
  }

  /** Ends a streamed response that the test does not read. One that was reconnected is about to be read. */
  abandonUnread(): void {
    const { stream } = this.asked;
    if (this.#streamed !== null && stream?.isRead === false && !stream.rules.isReopened) stream.abandon();
  }

  ended(endedMs: number, bytesIn: number, bytesOut: number): void {
    this.times.endedMs = endedMs;
    try {
      const response = this.#record(bytesIn, bytesOut);
      const failure = this.#streamed === null ? judge(response, this.asked.expect) : response.error;
      this.#settle(response, failure, bytesIn, bytesOut, true);
    } catch (error) {
      this.#giveUp(error);
    }
  }

  failed(error: Error, bytesIn: number, bytesOut: number): void {
    if (error instanceof VirtualUserStopped) {
      this.endTime();
      const { asked } = this;
      this.#owner.finished(this, this.#headers);
      this.#owner.interrupted();
      // A test that does not await its request must not end the process when the request is interrupted.
      asked.response.catch(ignore);
      asked.reject(error);
      asked.stream?.fail(error);
      return;
    }
    this.times.endedMs = performance.now();
    try {
      const response = this.#record(bytesIn, bytesOut);
      this.#settle(response, this.#whyFailed(response, error), bytesIn, bytesOut, false);
    } catch (cause) {
      this.#giveUp(cause);
    }
  }

  /**
   * Returns why a request failed. A streamed response with a failed status keeps that failure; a response that the test no
   * longer reads is not a failure.
   */
  #whyFailed({ error: judged }: ReceivedResponse, error: Error): Failure | null {
    return judged ?? (error instanceof StreamAbandoned ? null : classify(error));
  }

  /**
   * Handles a defect at the end of the request. Its record may be incomplete, but the test must get an answer, and the event
   * loop, which is the caller, must not get an exception.
   */
  #giveUp(error: unknown): void {
    const defect = defects.contain(error);
    this.endTime();
    const asked = this.#asked;
    if (asked === null) return;
    this.#owner.finished(this, null);
    asked.reject(defect);
    asked.stream?.fail(defect);
  }

  #record(bytesIn: number, bytesOut: number): ReceivedResponse {
    this.endTime();
    const { serviceMs, responseMs, intendedMs, endedMs } = this.times;
    this.#isStalled = this.#owner.touchedByStall(intendedMs, endedMs);
    if (this.#isStalled) this.asked.endpoint.recordUntimed(bytesIn, bytesOut);
    else {
      this.asked.endpoint.record(serviceMs * 1_000, responseMs * 1_000, bytesIn, bytesOut);
      this.times.recordPhases(this.asked.endpoint.phases);
    }
    if (this.asked.stream !== null) return this.#streamedResponse(this.asked.stream);
    const received = this.#collects ? this.#received : null;
    return new ReceivedResponse(this.asked.request, this.#status, this.#headers, received, serviceMs);
  }

  #streamedResponse(stream: ResponseStream): ReceivedResponse {
    return this.#streamed ?? new ReceivedStream(this.asked.request, this.#status, this.#headers, stream);
  }

  #settle(
    response: ReceivedResponse,
    failure: Failure | null,
    bytesIn: number,
    bytesOut: number,
    isWhole: boolean,
  ): void {
    const { asked } = this;
    const counted = failure === null ? null : this.#fail(response, failure);
    if (asked.slices !== null) this.#recordSlices(asked.slices, counted, bytesIn, bytesOut);
    // The cookies of a streamed response were kept with its head.
    this.#owner.finished(this, this.#streamed === null ? this.#headers : null);
    asked.resolve(response);
    if (asked.stream !== null) this.#endStream(asked.stream, counted, bytesIn, bytesOut, isWhole);
  }

  #endStream(
    stream: ResponseStream,
    failure: Failure | null,
    bytesIn: number,
    bytesOut: number,
    isWhole: boolean,
  ): void {
    const { serviceMs, responseMs } = this.times;
    const position = failure === null ? -1 : failureKinds.indexOf(failure.kind);
    const timed = { status: this.#status, serviceMs, responseMs, isTimed: !this.#isStalled };
    stream.end({ ...timed, failure: position, bytesIn, bytesOut }, isWhole);
  }

  /** Marks the response as failed, and records the failure. Returns null if it does not count. */
  #fail(response: ReceivedResponse, failure: Failure): Failure | null {
    response.ok = false;
    response.error = failure;
    // If the generator was stalled, it may have caused a timeout or a closed connection itself, but not an answer of the
    // service.
    if (this.#isStalled && !isAnswered(failure)) return null;
    const { endpoint, group } = this.asked;
    this.#owner.failure(endpoint, failure, this, response);
    group?.requestFailed(failureKinds.indexOf(failure.kind));
    return failure;
  }

  #recordSlices(slices: RequestSlices, failure: Failure | null, bytesIn: number, bytesOut: number): void {
    const { serviceMs, responseMs } = this.times;
    slices.record({
      status: this.#status,
      serviceMicros: serviceMs * 1_000,
      responseMicros: responseMs * 1_000,
      bytesIn,
      bytesOut,
      failure: failure === null ? -1 : failureKinds.indexOf(failure.kind),
      phases: this.times,
      isTimed: !this.#isStalled,
    });
  }
}

/** Whether a request failed because of the service's answer, or was not sent for lack of resources. */
function isAnswered({ kind }: Failure): boolean {
  return kind === "4xx" || kind === "5xx" || kind === "check" || kind === "generator";
}

function ignore(): void {}
