import { performance } from "node:perf_hooks";
import { onStopKind } from "../../core/measure-kind.ts";
import { reconnectsMetric } from "../../core/thresholds/metrics.ts";
import type { ClientTls } from "../../scenario/connections/connection.ts";
import type { Expectation, RequestOptions } from "../../scenario/definition/http.ts";
import type { VirtualUser } from "../../scenario/definition/virtual-user.ts";
import type { EndpointRecorder } from "../../stats/endpoint-recorder.ts";
import type { IntervalRecorder } from "../../stats/interval-recorder.ts";
import type { StallWatch } from "../health/stall-watch.ts";
import type { EndedMeasurement, IterationDue, MeasurementOwner } from "../measure/measurement.ts";
import { measurementOfCode } from "../measure/measurement.ts";
import { groupOfCode, type OpenGroup } from "../user/open-group.ts";
import type { UserSlices } from "../user/slices.ts";
import type { SocketEvent } from "../websocket/socket-event.ts";
import { AskedRequest } from "./asked-request.ts";
import { isIdempotent } from "./course/retry-rules.ts";
import { defects } from "./defects.ts";
import type { Connections, HeaderSource, HttpEngine, OutgoingRequest } from "./engine.ts";
import type { ExchangeOwner, MeasuredExchange } from "./exchange.ts";
import { Network } from "./network/network.ts";
import { UserTls } from "./network/user-tls.ts";
import { OpenExchanges } from "./open-exchanges.ts";
import type { Origin } from "./own/origin.ts";
import { type SocketPlace, socketPlace } from "./own/socket.ts";
import { proxyFor } from "./proxy-settings.ts";
import { InvalidRequest } from "./request/invalid-request.ts";
import type { Target } from "./request/target.ts";
import { type Failure, VirtualUserStopped } from "./response/failure.ts";
import type { ReceivedResponse } from "./response/response.ts";
import { ResponseStream } from "./stream/response-stream.ts";
import { StreamMeasure } from "./stream/stream-measure.ts";
import type { StreamParts } from "./stream/stream-parts.ts";
import type { StreamRules } from "./stream/stream-rules.ts";
import { type RequestRules, TestRequests } from "./test-requests.ts";
import type { TimeLimits } from "./time-limits.ts";
import { mostOpenRequests, TooManyRequests } from "./too-many-requests.ts";
import { describeFailedRequest, type FailedExchange } from "./trace/failed-request.ts";
import { placeInTest } from "./trace/place-in-test.ts";

const oneMore = { kind: "counter", sum: 1 } as const;

/** How the requests of a user are handled. */
export interface ClientRules extends RequestRules {
  /** The parts of the requests that thresholds select; null for most tests. */
  readonly slices?: UserSlices | null;
  /** The parts of the streams that thresholds select; null for most tests. */
  readonly streamParts?: StreamParts | null;
  /** Whether response bodies are kept. If the test reads none, their bytes are counted and dropped. */
  readonly keepsBodies?: boolean;
  /** Whether to resend an idempotent request when its reused connection turns out to be closed; default true. */
  readonly mayReconnect?: boolean;
  /** Detects stalls of this process; null (default) for no detection. */
  readonly stalls?: Pick<StallWatch, "touched"> | null;
  /** How connections are opened. */
  readonly network?: Network;
  /** Returns the time since the start of the run. If this and the user are known, some failed requests are kept as evidence. */
  readonly sinceStartMs?: () => number;
  /**
   * Called with each ended measurement that is not a request. If set, measurements are traced: each looks up its place in the
   * test.
   */
  readonly onMeasured?: (ended: EndedMeasurement) => void;
  /** Called with each message and each close of a WebSocket; default: no call. */
  readonly onSocketEvent?: (event: SocketEvent) => void;
  /** Whether each iteration begins without cookies and headers of earlier ones; default false. */
  readonly renewsSession?: boolean;
  /** Whether connections are closed at the end of each iteration; default false. */
  readonly renewsConnections?: boolean;
}

/** The HTTP client of one virtual user, with its own connections and cookies. */
export class VirtualUserClient extends TestRequests implements ExchangeOwner, MeasurementOwner {
  #connections: Connections;
  readonly #renewsSession: boolean;
  readonly #renewsConnections: boolean;
  readonly #engine: HttpEngine;
  #network: Network;
  #tls: UserTls | null = null;
  readonly #open = new OpenExchanges();
  readonly slices: UserSlices | null;
  readonly keepsBodies: boolean;
  readonly #streamParts: StreamParts | null;
  readonly #mayReconnect: boolean;
  readonly #stalls: Pick<StallWatch, "touched"> | null;
  /** The user and the time, for failed requests that are kept as evidence; null if none are kept. */
  readonly #evidence: { readonly user: Pick<VirtualUser<object>, "index">; readonly sinceStartMs: () => number } | null;
  readonly onSocketEvent: ((event: SocketEvent) => void) | undefined;
  readonly #onMeasured: ((ended: EndedMeasurement) => void) | undefined;
  #stopped = false;
  /** The number of requests that were sent and have ended. Each has waited for the network. */
  endedCount = 0;
  interruptedCount = 0;
  /** The number of groups of this user whose code is running. While it is 0, no request looks for its group. */
  openGroups = 0;
  /** The number of measures of this user whose code is running. While it is 0, no request looks for its measure. */
  openMeasures = 0;
  /** Whether `onStop` of the user has begun. Its requests are recorded separately from the load. */
  isOfOnStop = false;
  #dueMs: number | null = null;
  #actedMs = 0;

  constructor(engine: HttpEngine, recorder: IntervalRecorder, base: Target, rules: ClientRules = {}) {
    super(recorder, base, rules);
    const { slices = null, streamParts = null, keepsBodies = true, mayReconnect = true, stalls = null } = rules;
    const { renewsSession = false, renewsConnections = false, network = Network.usual } = rules;
    this.slices = slices;
    this.#streamParts = streamParts;
    this.keepsBodies = keepsBodies;
    this.#mayReconnect = mayReconnect;
    this.#stalls = stalls;
    this.#onMeasured = rules.onMeasured;
    this.onSocketEvent = rules.onSocketEvent;
    const { user = null, sinceStartMs } = rules;
    this.#evidence = user === null || sinceStartMs === undefined ? null : { user, sinceStartMs };
    this.#renewsSession = renewsSession;
    this.#renewsConnections = renewsConnections;
    this.#engine = engine;
    this.#network = network;
    this.#connections = engine.createConnections(network);
  }

  /** How connections of this user are opened. */
  get network(): Network {
    return this.#network;
  }

  get tls(): ClientTls {
    this.#tls ??= new UserTls(this.#network.tls, (tls) => {
      this.#network = this.#network.withTls(tls);
      this.#renewConnections();
    });
    return this.#tls;
  }

  /**
   * Returns where and how to open the next connection to `origin` without the engine, such as for a WebSocket.
   * @throws InvalidRequest if it would have to go through a proxy
   */
  placeFor(origin: Origin): SocketPlace {
    this.#network.requireAllowed(origin);
    const { isSecure, host, port } = origin;
    const url = `${isSecure ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${port}`;
    const proxy = this.#network.redirects(origin) ? null : proxyFor(url, this.#engine.proxies);
    if (proxy !== null) {
      throw new InvalidRequest(
        `only HTTP requests go through the proxy ${proxy.host}; NO_PROXY names hosts that are reached directly`,
      );
    }
    return socketPlace(origin, this.#network, this.#engine.sources, null);
  }

  /** Returns a `traceparent` for a call that the engine does not send; null if the run sends none. */
  nextTraceparent(): string | null {
    return this.#engine.traceparent?.() ?? null;
  }

  get userIndex(): number {
    return this.#evidence?.user.index ?? 0;
  }

  override get isStopped(): boolean {
    return this.#stopped;
  }

  protected override send(
    request: OutgoingRequest,
    route: EndpointRecorder,
    limits: TimeLimits,
    expect: Expectation | undefined,
    tags: RequestOptions["tags"],
    stream: StreamRules | null,
  ): Promise<ReceivedResponse> {
    if (this.#open.size >= mostOpenRequests) throw new TooManyRequests();
    const nowMs = performance.now();
    const endpoint = this.isOfOnStop ? this.endpointOf(route.method, route.name) : route;
    const asked =
      this.slices === null && this.openGroups === 0 && stream === null
        ? new AskedRequest(request, endpoint, limits, expect, null, null, null)
        : this.#specialRequest(request, endpoint, limits, expect, tags, stream);
    const exchange = this.#open.take(this, asked);
    if (stream?.isReopened === true) {
      this.#open.detach(exchange);
      exchange.times.restart(nowMs, nowMs);
    } else this.#restartTimes(exchange, nowMs);
    exchange.begin(nowMs);
    try {
      if (asked.group !== null) asked.group.requestBegan(nowMs);
      exchange.dispatched(this.#connections.dispatch(request, exchange, nowMs));
    } catch (error) {
      this.#notDispatched(exchange, nowMs);
      throw error;
    }
    return asked.response;
  }

  /** Restarts the times of a request: from when its iteration was due if it is the first one, or else from `nowMs`. */
  #restartTimes({ times }: MeasuredExchange, nowMs: number): void {
    if (this.openMeasures > 0) this.#enterMeasurement();
    if (this.#dueMs === null) times.restart(nowMs, nowMs);
    else times.restart(this.#dueMs, this.#actedMs, nowMs);
    this.#dueMs = null;
  }

  /** Creates a request that is in a slice or a group, or whose response is streamed. Most requests are not, and skip this. */
  #specialRequest(
    request: OutgoingRequest,
    endpoint: EndpointRecorder,
    limits: TimeLimits,
    expect: Expectation | undefined,
    tags: RequestOptions["tags"],
    stream: StreamRules | null,
  ): AskedRequest {
    const { group } = this;
    const slices = this.slices === null ? null : this.slices.of(endpoint, tags, group?.path);
    const streaming = stream === null ? null : this.#streamOf(stream, endpoint, tags, group);
    return new AskedRequest(request, endpoint, limits, expect, slices, group, streaming);
  }

  #streamOf(
    rules: StreamRules,
    endpoint: EndpointRecorder,
    tags: RequestOptions["tags"],
    group: OpenGroup | null,
  ): ResponseStream {
    const parts = this.#streamParts?.of(endpoint, tags, group?.path) ?? null;
    return new ResponseStream(rules, new StreamMeasure(this.recorder.streamsOf(endpoint), parts, this));
  }

  /** Returns the endpoint to which a request of this user is recorded; in `onStop`, a separate endpoint. */
  endpointOf(method: string, name: string): EndpointRecorder {
    return this.recorder.endpoint(this.isOfOnStop ? onStopKind(method) : method, name);
  }

  #notDispatched(exchange: MeasuredExchange, nowMs: number): void {
    exchange.asked.group?.requestEnded(nowMs);
    exchange.endTime();
    this.#open.remove(exchange);
  }

  /** Notifies the measurement whose code is running, if any, that other work begins in it. */
  #enterMeasurement(): void {
    const due = measurementOfCode.getStore()?.contains() ?? null;
    if (due === null || this.#dueMs !== null) return;
    this.#dueMs = due.dueMs;
    this.#actedMs = due.actedMs;
  }

  takeDue(): IterationDue | null {
    if (this.openMeasures > 0) this.#enterMeasurement();
    const due = this.#dueMs === null ? null : { dueMs: this.#dueMs, actedMs: this.#actedMs };
    this.#dueMs = null;
    return due;
  }

  /** The group of the code that is running; null outside of groups. */
  get group(): OpenGroup | null {
    return this.openGroups === 0 ? null : (groupOfCode.getStore() ?? null);
  }

  /**
   * Marks the next request as the first of an iteration. The iteration was due at `dueMs` and was started or queued at
   * `actedMs`, both on the clock of `performance.now()`.
   */
  beginIteration(dueMs: number, actedMs: number): void {
    this.#dueMs = dueMs;
    this.#actedMs = actedMs;
  }

  /** Called at the start of each iteration of a user whose session or connections last for one iteration. */
  beginSession(): void {
    if (this.#renewsSession) this.renewState();
  }

  /** Called at the end of each iteration of such a user. */
  endSession(): void {
    if (this.#renewsConnections) this.#renewConnections();
  }

  #renewConnections(): void {
    this.#connections.retire();
    this.#connections = this.#engine.createConnections(this.#network);
  }

  /** Called when the code of an iteration or a hook has ended. Returns how many of its requests are still open. */
  leaveOpen(): number {
    return this.#open.beginIteration();
  }

  /** Ends the iteration. No later request counts as the first of an iteration until the next one begins. */
  endIteration(): void {
    this.#dueMs = null;
  }

  /** Interrupts all open requests and refuses new ones. */
  abort(): void {
    this.#stopped = true;
    this.#open.abort(new VirtualUserStopped());
    this.interruptRetries();
  }

  /** Closes all connections. */
  close(): void {
    this.abort();
    this.#connections.destroy();
  }

  finished(exchange: MeasuredExchange, headers: HeaderSource | null): void {
    const { request, group } = exchange.asked;
    if (group !== null) group.requestEnded(performance.now());
    this.#open.remove(exchange);
    if (exchange.wasSent) this.endedCount++;
    if (headers !== null) this.#keepCookiesOf(request, headers);
  }

  streams(exchange: MeasuredExchange, headers: HeaderSource): void {
    this.#open.detach(exchange);
    this.#keepCookiesOf(exchange.asked.request, headers);
  }

  #keepCookiesOf(request: OutgoingRequest, headers: HeaderSource): void {
    try {
      if (headers.hasSetCookie) this.keepCookies(request, headers.setCookie());
    } catch (error) {
      defects.contain(error);
    }
  }

  blocked(blockedMs: number): void {
    if (this.recorder.hasOpenLoad && !this.isOfOnStop) this.recorder.blockedTime.record(blockedMs * 1_000);
  }

  failure(endpoint: EndpointRecorder, failure: Failure, exchange: FailedExchange, response: ReceivedResponse): void {
    const evidence = this.#evidence;
    const sampleOf =
      evidence === null
        ? null
        : () => describeFailedRequest(exchange, response, evidence.user.index, evidence.sinceStartMs());
    if (exchange.span !== null) exchange.span.failure = failure;
    this.recorder.failure(endpoint, failure.kind, failure.message, sampleOf);
  }

  reconnects({ method }: OutgoingRequest): boolean {
    if (!this.#mayReconnect || this.#stopped || !isIdempotent(method)) return false;
    this.recorder.addMetric(reconnectsMetric, oneMore);
    return true;
  }

  touchedByStall(dueMs: number, endedMs: number): boolean {
    return this.#stalls?.touched(dueMs, endedMs) === true;
  }

  interrupted(): void {
    this.interruptedCount++;
  }

  placeOfCode(): string {
    return this.#onMeasured === undefined ? "" : placeInTest();
  }

  measured(ended: EndedMeasurement): void {
    this.#onMeasured?.(ended);
  }
}
