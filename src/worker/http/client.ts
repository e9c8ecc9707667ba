import { performance } from "node:perf_hooks";
import type { Expectation, HttpClient, HttpResponse, Method, RequestOptions, RequestUrl } from "../../scenario/http.ts";
import type { EndpointRecorder, IntervalRecorder } from "../../stats/interval-recorder.ts";
import type { UserSlices } from "../slices.ts";
import type { Connections, HeaderSource, HttpEngine, OutgoingRequest } from "./engine.ts";
import { Asked, type ExchangeOwner, type MeasuredExchange } from "./exchange.ts";
import { type Failure, VirtualUserStopped } from "./failure.ts";
import { InvalidRequest } from "./invalid-request.ts";
import { checkExpectation } from "./judgement.ts";
import { OpenExchanges } from "./open-exchanges.ts";
import { followRedirects } from "./redirects.ts";
import { newRequest } from "./request.ts";
import { contentOf } from "./request-content.ts";
import { RequestHeaders } from "./request-headers.ts";
import {
  checkName,
  checkOptionNames,
  checkTags,
  methodOf,
  redirectCount,
  refuseThirdArgument,
  urlOf,
} from "./request-options.ts";
import type { ReceivedResponse } from "./response.ts";
import { Routes } from "./routes.ts";
import type { Target } from "./target.ts";
import { type TimeLimitRules, type TimeLimits, usualTimeLimits } from "./time-limits.ts";
import { type Content, UnreadContent } from "./unread-content.ts";
import { UserCookies } from "./user-cookies.ts";

/** How the requests of a user are treated. */
export interface ClientRules {
  /** Null for most tests: no threshold is about a part of the requests. */
  readonly slices?: UserSlices | null;
  readonly limits?: TimeLimitRules;
  /** False when nobody will look at the bodies of responses: they are counted, and thrown away. */
  readonly keepsBodies?: boolean;
}

/** Options as JavaScript may have them. */
type GivenOptions = Readonly<Partial<Record<keyof RequestOptions, unknown>>>;

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

  get(url: RequestUrl, options?: RequestOptions, surplus?: unknown): Promise<HttpResponse> {
    return VirtualUserClient.#ask(this, "GET", url, options, surplus);
  }

  head(url: RequestUrl, options?: RequestOptions, surplus?: unknown): Promise<HttpResponse> {
    return VirtualUserClient.#ask(this, "HEAD", url, options, surplus);
  }

  post(url: RequestUrl, options?: RequestOptions, surplus?: unknown): Promise<HttpResponse> {
    return VirtualUserClient.#ask(this, "POST", url, options, surplus);
  }

  put(url: RequestUrl, options?: RequestOptions, surplus?: unknown): Promise<HttpResponse> {
    return VirtualUserClient.#ask(this, "PUT", url, options, surplus);
  }

  patch(url: RequestUrl, options?: RequestOptions, surplus?: unknown): Promise<HttpResponse> {
    return VirtualUserClient.#ask(this, "PATCH", url, options, surplus);
  }

  delete(url: RequestUrl, options?: RequestOptions, surplus?: unknown): Promise<HttpResponse> {
    return VirtualUserClient.#ask(this, "DELETE", url, options, surplus);
  }

  request(method: Method, url: RequestUrl, options?: RequestOptions, surplus?: unknown): Promise<HttpResponse> {
    return VirtualUserClient.#ask(this, method, url, options, surplus);
  }

  /** Static, so that a method that was taken off its client says so: `const { get } = vu.http`. */
  static #ask(
    client: VirtualUserClient,
    method: string,
    url: unknown,
    options: unknown,
    surplus: unknown,
  ): Promise<HttpResponse> {
    try {
      if (client.#stopped) throw new VirtualUserStopped();
      if (surplus !== undefined) refuseThirdArgument(method);
      const hasOptions = options !== undefined && options !== null;
      if (hasOptions || client.#cookies !== null || typeof url !== "string") {
        return client.#sendWith(methodOf(method), urlOf(url), hasOptions ? options : {});
      }
      const { request, endpoint } = client.#routes.find(methodOf(method), url);
      return client.#send(request, endpoint, client.#limits.usual, undefined, undefined);
    } catch (error) {
      return rejection(VirtualUserClient.#isClient(client) ? error : detached(method));
    }
  }

  static #isClient(value: unknown): boolean {
    return typeof value === "object" && value !== null && #stopped in value;
  }

  #follow(method: string, url: string, options: RequestOptions, maxRedirects: number): Promise<HttpResponse> {
    const { maxRedirects: _, ...rest } = options;
    const first = { method: method as Method, url, options: rest, authorization: null };
    return followRedirects(first, maxRedirects, async (hop) => {
      if (this.#stopped) throw new VirtualUserStopped();
      return await this.#sendOnce(hop.method, hop.url, hop.options, hop.authorization, null);
    });
  }

  /** Sends one request with what is said of it, whose redirects `follow` sees to. */
  #sendWith(method: string, url: string, options: unknown): Promise<HttpResponse> {
    checkOptionNames(options);
    const { maxRedirects, expect } = options as GivenOptions;
    if (maxRedirects === undefined) return this.#sendOnce(method, url, options, null, null);
    const most = redirectCount(maxRedirects);
    if (most === 0) return this.#sendOnce(method, url, options, null, null);
    // What it wraps is not looked at before the last answer.
    checkExpectation(expect);
    return this.#follow(method, url, options, most);
  }

  /**
   * `authorization` goes before what the URL says, and behind a header of the test's own. `read` is the content of a body
   * that had to be read first.
   */
  #sendOnce(
    method: string,
    url: string,
    options: GivenOptions,
    authorization: string | null,
    read: Content | null,
  ): Promise<ReceivedResponse> {
    const { name, tags, headers, query, json, form, body, timeout, expect } = options;
    checkName(name);
    checkTags(tags);
    checkExpectation(expect);
    const limits = this.#limits.of(timeout as RequestOptions["timeout"]);
    const outgoing = new RequestHeaders(headers);
    const content = read ?? contentOf(json, form, body);
    const route = name === undefined ? this.#routes.find(method, url) : null;
    const target = route?.target ?? this.#routes.resolve(url);
    if (content instanceof UnreadContent) return this.#sendWhenRead(method, url, options, authorization, content);
    if (content !== null && content.type !== "" && !outgoing.hasContentType) {
      outgoing.append("content-type", content.type);
    }
    const bytes = content === null ? null : content.body;
    outgoing.checkLength(bytes);
    if (!outgoing.hasCookie) this.#addCookies(target, outgoing);
    const credentials = authorization ?? target.authorization;
    if (credentials !== null && !outgoing.hasAuthorization) outgoing.append("authorization", credentials);
    const endpoint = route?.endpoint ?? this.#recorder.endpoint(method, name ?? target.name);
    const request = newRequest(method, target, query, outgoing, bytes, endpoint);
    return this.#send(request, endpoint, limits, expect, tags);
  }

  async #sendWhenRead(
    method: string,
    url: string,
    options: GivenOptions,
    authorization: string | null,
    content: UnreadContent,
  ): Promise<ReceivedResponse> {
    const read = await content.read();
    if (this.#stopped) throw new VirtualUserStopped();
    return await this.#sendOnce(method, url, options, authorization, read);
  }

  #send(
    request: OutgoingRequest,
    endpoint: EndpointRecorder,
    limits: TimeLimits,
    expect: Expectation | undefined,
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

/** What a test that does not wait for its request has asked for by mistake is told; that it was stopped is not. */
function rejection(error: unknown): Promise<never> {
  const rejected = Promise.reject(error);
  if (error instanceof VirtualUserStopped) rejected.catch(() => {});
  return rejected;
}

function detached(method: unknown): InvalidRequest {
  const name = typeof method === "string" ? method.toLowerCase() : "request";
  return new InvalidRequest(`vu.http.${name} was called without vu.http, as whose request nobody knows`);
}
