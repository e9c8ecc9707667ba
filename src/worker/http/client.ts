import { performance } from "node:perf_hooks";
import type { HttpClient, HttpResponse, Method, RequestOptions } from "../../scenario/http.ts";
import type { EndpointRecorder, IntervalRecorder } from "../../stats/interval-recorder.ts";
import type { UserSlices } from "../slices.ts";
import type { Connections, HeaderSource, HttpEngine, OutgoingRequest } from "./engine.ts";
import { Asked, type ExchangeOwner, type MeasuredExchange } from "./exchange.ts";
import { type Failure, VirtualUserStopped } from "./failure.ts";
import { OpenExchanges } from "./open-exchanges.ts";
import { followRedirects, type Hop } from "./redirects.ts";
import { encodeBody, newRequest } from "./request.ts";
import { RequestHeaders } from "./request-headers.ts";
import type { ReceivedResponse } from "./response.ts";
import { Routes } from "./routes.ts";
import type { Target } from "./target.ts";
import { type TimeLimitRules, type TimeLimits, usualTimeLimits } from "./time-limits.ts";
import { UserCookies } from "./user-cookies.ts";

/** How the requests of a user are treated. */
export interface ClientRules {
  /** Null for most tests: no threshold is about a part of the requests. */
  readonly slices?: UserSlices | null;
  readonly limits?: TimeLimitRules;
  /** False when nobody will look at the bodies of responses: they are counted, and thrown away. */
  readonly keepsBodies?: boolean;
}

/** The HTTP client of one virtual user: its own connections, its own cookies. */
export class VirtualUserClient implements HttpClient, ExchangeOwner {
  readonly #connections: Connections;
  readonly #recorder: IntervalRecorder;
  readonly #routes: Routes;
  readonly #open = new OpenExchanges();
  readonly #slices: UserSlices | null;
  readonly #limits: TimeLimitRules;
  readonly keepsBodies: boolean;
  #cookies: UserCookies | null = null;
  #stopped = false;
  /** Requests that were sent and have ended so far: each has waited for the network. */
  endedCount = 0;
  interruptedCount = 0;
  #dueMs: number | null = null;
  #actedMs = 0;

  constructor(engine: HttpEngine, recorder: IntervalRecorder, base: Target, rules: ClientRules = {}) {
    const { slices = null, limits = usualTimeLimits, keepsBodies = true } = rules;
    this.#slices = slices;
    this.#limits = limits;
    this.keepsBodies = keepsBodies;
    this.#connections = engine.createConnections();
    this.#recorder = recorder;
    this.#routes = Routes.of(recorder, base);
  }

  get(url: string, options?: RequestOptions): Promise<HttpResponse> {
    return this.request("GET", url, options);
  }

  head(url: string, options?: RequestOptions): Promise<HttpResponse> {
    return this.request("HEAD", url, options);
  }

  post(url: string, options?: RequestOptions): Promise<HttpResponse> {
    return this.request("POST", url, options);
  }

  put(url: string, options?: RequestOptions): Promise<HttpResponse> {
    return this.request("PUT", url, options);
  }

  patch(url: string, options?: RequestOptions): Promise<HttpResponse> {
    return this.request("PATCH", url, options);
  }

  delete(url: string, options?: RequestOptions): Promise<HttpResponse> {
    return this.request("DELETE", url, options);
  }

  request(method: Method, url: string, options?: RequestOptions): Promise<HttpResponse> {
    try {
      if (this.#stopped) throw new VirtualUserStopped();
      const { maxRedirects = 0 } = options ?? {};
      if (maxRedirects > 0) return this.#follow(method, url, options ?? {}, maxRedirects);
      if (options !== undefined || this.#cookies !== null) return this.#sendWith(method, url, options ?? {}, null);
      const { request, endpoint } = this.#routes.find(method, url);
      return this.#send(request, endpoint, this.#limits.usual, undefined, undefined);
    } catch (error) {
      const refused = Promise.reject(error);
      refused.catch(ignore);
      return refused;
    }
  }

  #follow(method: Method, url: string, options: RequestOptions, maxRedirects: number): Promise<HttpResponse> {
    const { maxRedirects: _, ...rest } = options;
    const first = { method, url, options: rest, authorization: null };
    const response = followRedirects(first, maxRedirects, async (hop: Hop) => {
      if (this.#stopped) throw new VirtualUserStopped();
      return await this.#sendWith(hop.method, hop.url, hop.options, hop.authorization);
    });
    response.catch(ignore);
    return response;
  }

  /** `authorization` goes before what the URL says, and behind a header of the test's own. */
  #sendWith(
    method: Method,
    url: string,
    options: RequestOptions,
    authorization: string | null,
  ): Promise<ReceivedResponse> {
    const { name, query, timeout, expect, tags } = options;
    const route = name === undefined ? this.#routes.find(method, url) : null;
    const target = route?.target ?? this.#routes.resolve(url);
    const headers = new RequestHeaders(options.headers);
    const body = encodeBody(options, headers);
    headers.checkLength(body);
    if (!headers.hasCookie) this.#addCookies(target, headers);
    const credentials = authorization ?? target.authorization;
    if (credentials !== null && !headers.hasAuthorization) headers.append("authorization", credentials);
    const endpoint = route?.endpoint ?? this.#recorder.endpoint(method, name ?? target.name);
    const request = newRequest(method, target, query, headers, body, endpoint);
    return this.#send(request, endpoint, this.#limits.of(timeout), expect, tags);
  }

  #send(
    request: OutgoingRequest,
    endpoint: EndpointRecorder,
    limits: TimeLimits,
    expect: RequestOptions["expect"],
    tags: RequestOptions["tags"],
  ): Promise<ReceivedResponse> {
    const nowMs = performance.now();
    const slices = this.#slices === null ? null : this.#slices.of(endpoint, tags);
    const asked = new Asked(request, endpoint, limits, expect, slices);
    const exchange = this.#open.take(this, asked);
    if (this.#dueMs === null) exchange.times.restart(nowMs, nowMs);
    else exchange.times.restart(this.#dueMs, this.#actedMs);
    this.#dueMs = null;
    exchange.begin(nowMs);
    try {
      exchange.dispatched(this.#connections.dispatch(request, exchange, nowMs));
    } catch (error) {
      exchange.endTime();
      this.#open.remove(exchange);
      throw error;
    }
    return asked.response;
  }

  /**
   * The next request is the first of an iteration that was due at `dueMs` and was started or queued at `actedMs`, both
   * on the clock of `performance.now()`.
   */
  beginIteration(dueMs: number, actedMs: number): void {
    this.#dueMs = dueMs;
    this.#actedMs = actedMs;
  }

  /** The iteration is over: a request from now on is nobody's first. */
  endIteration(): void {
    this.#dueMs = null;
  }

  /** Interrupts what is under way and lets nothing new begin. */
  abort(): void {
    this.#stopped = true;
    this.#open.abort(new VirtualUserStopped());
  }

  /** Closes the connections. */
  close(): void {
    this.abort();
    this.#connections.destroy();
  }

  finished(exchange: MeasuredExchange, headers: HeaderSource | null): void {
    const { request } = exchange.asked;
    this.#open.remove(exchange);
    if (exchange.wasSent) this.endedCount++;
    if (headers?.hasSetCookie) this.#keepCookies(request, headers.setCookie());
  }

  blocked(blockedMs: number): void {
    if (this.#recorder.hasOpenLoad) this.#recorder.blockedTime.record(blockedMs * 1_000);
  }

  failure(endpoint: EndpointRecorder, failure: Failure): void {
    this.#recorder.failure(endpoint, failure.kind, failure.message);
  }

  interrupted(): void {
    this.interruptedCount++;
  }

  #addCookies(target: Target, headers: RequestHeaders): void {
    if (this.#cookies === null) return;
    const cookies = this.#cookies.headerFor(target, performance.now());
    if (cookies !== "") headers.append("cookie", cookies);
  }

  #keepCookies({ origin, path }: OutgoingRequest, values: readonly string[]): void {
    this.#cookies ??= new UserCookies();
    this.#cookies.keep(origin + path, values);
  }
}

/** A test that does not wait for its request must not end the process when that is interrupted. */
function ignore(): void {}
