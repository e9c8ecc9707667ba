import { streamReconnectsMetric } from "../../core/thresholds/metrics.ts";
import type { ClientTls } from "../../scenario/connections/connection.ts";
import type {
  ClientCookies,
  ClientHeaders,
  Expectation,
  HttpClient,
  HttpResponse,
  Method,
  RequestOptions,
  RequestUrl,
  StreamedResponse,
} from "../../scenario/definition/http.ts";
import type { StreamOptions } from "../../scenario/definition/streaming.ts";
import type { VirtualUser } from "../../scenario/definition/virtual-user.ts";
import type { EndpointRecorder } from "../../stats/endpoint-recorder.ts";
import type { IntervalRecorder } from "../../stats/interval-recorder.ts";
import type { Sleep } from "../time/alarm-clock.ts";
import { ClientState } from "./client-state.ts";
import { type CourseRules, noCourseRules } from "./course/course-rules.ts";
import { EditableRequest } from "./course/editable-request.ts";
import { type AroundRequest, type CourseOwner, RequestCourse, type RequestTry } from "./course/request-course.ts";
import type { OutgoingRequest } from "./engine.ts";
import { DefaultHeaders } from "./request/default-headers.ts";
import { InvalidRequest } from "./request/invalid-request.ts";
import { newRequest } from "./request/request.ts";
import { contentOf } from "./request/request-content.ts";
import { RequestHeaders } from "./request/request-headers.ts";
import {
  checkName,
  checkOptionNames,
  checkTags,
  methodOf,
  redirectCount,
  refuseThirdArgument,
  urlOf,
} from "./request/request-options.ts";
import { Routes } from "./request/routes.ts";
import type { Target } from "./request/target.ts";
import { type Content, UnreadContent } from "./request/unread-content.ts";
import { VirtualUserStopped } from "./response/failure.ts";
import { checkExpectation } from "./response/judgement.ts";
import { authorizationIn, followRedirects, type Hop } from "./response/redirects.ts";
import type { ReceivedResponse } from "./response/response.ts";
import type { ReceivedStream } from "./stream/received-stream.ts";
import { Reconnection, withLastId } from "./stream/reconnection.ts";
import { reconnecting, type StreamRules, streamRulesOf } from "./stream/stream-rules.ts";
import { type TimeLimitRules, type TimeLimits, usualTimeLimits } from "./time-limits.ts";
import { TooManyRequests } from "./too-many-requests.ts";

/** The settings of a test for all requests of a user. */
export interface RequestRules {
  readonly limits?: TimeLimitRules;
  /** Default headers, for requests that do not set them themselves. */
  readonly headers?: DefaultHeaders;
  /** The number of redirects to follow if the request does not set it. */
  readonly maxRedirects?: number;
  /** The hooks, retries and authentication of requests; null for none. */
  readonly course?: CourseRules | null;
  /** The user, for hooks; null in `setup` and `teardown`. */
  readonly user?: VirtualUser<object> | null;
}

/** Options as JavaScript code may pass them: not validated. */
type GivenOptions = Readonly<Partial<Record<keyof RequestOptions, unknown>>>;

/** A complete or a streamed response; the overloads of `HttpClient` say which. */
type AnyResponse = HttpResponse & StreamedResponse;

interface AnyOptions extends Omit<RequestOptions, "expect" | "stream"> {
  readonly expect?: number | readonly number[] | ((response: AnyResponse) => boolean | string);
  readonly stream?: boolean | StreamOptions | undefined;
}

/** Validates the requests that a test makes, and builds them. */
export abstract class TestRequests implements HttpClient, CourseOwner {
  readonly recorder: IntervalRecorder;
  /** Adds the cookies and default headers of the user. */
  readonly #state: ClientState;
  readonly #routes: Routes;
  readonly #limits: TimeLimitRules;
  readonly #maxRedirects: number;
  /**
   * The hooks, retries and authentication; null while requests are just sent. A request with its own `retries` or `auth`
   * creates it.
   */
  #course: RequestCourse | null;
  readonly #hasCourse: boolean;
  /** The delays before streams reconnect. */
  readonly #reopenings = new Set<Sleep>();
  /** The user; null in `setup` and `teardown`. */
  readonly #user: VirtualUser<object> | null;

  constructor(recorder: IntervalRecorder, base: Target, rules: RequestRules) {
    const { limits = usualTimeLimits, headers = DefaultHeaders.none, maxRedirects = 0 } = rules;
    const { course = null, user = null } = rules;
    this.recorder = recorder;
    this.#limits = limits;
    this.#routes = Routes.of(recorder, base, headers);
    this.#hasCourse = course !== null;
    this.#user = user;
    this.#state = new ClientState(this.#routes, headers, this.#hasCourse);
    this.#maxRedirects = maxRedirects;
    this.#course = course === null ? null : new RequestCourse(course, this, user);
  }

  abstract readonly tls: ClientTls;
  /** Whether the user is stopped, so that no new request may begin. */
  abstract readonly isStopped: boolean;

  abstract placeOfCode(): string;

  protected abstract send(
    request: OutgoingRequest,
    endpoint: EndpointRecorder,
    limits: TimeLimits,
    expect: Expectation | undefined,
    tags: RequestOptions["tags"],
    stream: StreamRules | null,
  ): Promise<ReceivedResponse>;

  /** Stores the cookies that the response from `from` has set. */
  keepCookies(from: Pick<Target, "origin" | "path">, values: readonly string[]): void {
    this.#state.keepCookies(from, values);
  }

  /**
   * Returns the headers of a request that no engine sends, such as an upgrade request: `given`, and the headers that the user
   * adds.
   * @throws InvalidRequest
   */
  headersTo(target: Target, given: unknown): RequestHeaders {
    const outgoing = new RequestHeaders(given, this.#state.defaultsOf(null));
    this.#state.addCookies(target, outgoing, null);
    outgoing.authorize(target.authorization);
    return outgoing;
  }

  /** Begins a new session: without cookies, and with the headers of the class. */
  protected renewState(): void {
    this.#state.renew();
    this.#course?.renew();
  }

  /** Ends the delays before requests are retried and streams reconnect. */
  protected interruptRetries(): void {
    this.#course?.interrupt();
    for (const delay of this.#reopenings) delay.look();
  }

  /** The total time limit of a request that sets none. */
  get usualLimitMs(): number {
    return this.#limits.usual.totalMs;
  }

  /** @throws InvalidRequest */
  resolve(url: string): Target {
    return this.#routes.resolve(url);
  }

  get cookies(): ClientCookies {
    return this.#state.cookies;
  }

  get headers(): ClientHeaders {
    return this.#state.headers;
  }

  get(url: RequestUrl, options?: AnyOptions, surplus?: unknown): Promise<AnyResponse> {
    return TestRequests.#ask(this, "GET", url, options, surplus);
  }

  head(url: RequestUrl, options?: AnyOptions, surplus?: unknown): Promise<AnyResponse> {
    return TestRequests.#ask(this, "HEAD", url, options, surplus);
  }

  post(url: RequestUrl, options?: AnyOptions, surplus?: unknown): Promise<AnyResponse> {
    return TestRequests.#ask(this, "POST", url, options, surplus);
  }

  put(url: RequestUrl, options?: AnyOptions, surplus?: unknown): Promise<AnyResponse> {
    return TestRequests.#ask(this, "PUT", url, options, surplus);
  }

  patch(url: RequestUrl, options?: AnyOptions, surplus?: unknown): Promise<AnyResponse> {
    return TestRequests.#ask(this, "PATCH", url, options, surplus);
  }

  delete(url: RequestUrl, options?: AnyOptions, surplus?: unknown): Promise<AnyResponse> {
    return TestRequests.#ask(this, "DELETE", url, options, surplus);
  }

  options(url: RequestUrl, options?: AnyOptions, surplus?: unknown): Promise<AnyResponse> {
    return TestRequests.#ask(this, "OPTIONS", url, options, surplus);
  }

  request(method: Method, url: RequestUrl, options?: AnyOptions, surplus?: unknown): Promise<AnyResponse> {
    return TestRequests.#ask(this, method, url, options, surplus);
  }

  /**
   * A static method, so that a method that was detached from its client fails with a clear error: `const { get } =
   * vu.http`.
   */
  static #ask(
    client: TestRequests,
    method: string,
    url: unknown,
    options: unknown,
    surplus: unknown,
  ): Promise<AnyResponse> {
    try {
      if (client.isStopped) throw new VirtualUserStopped();
      if (surplus !== undefined) refuseThirdArgument(method);
      const hasOptions = options !== undefined && options !== null;
      if (hasOptions || !client.#state.isPlain || client.#maxRedirects > 0 || typeof url !== "string") {
        return answer(client.#sendWith(methodOf(method), urlOf(url), hasOptions ? options : {}));
      }
      const { request, endpoint } = client.#routes.find(methodOf(method), url);
      return answer(client.send(request, endpoint, client.#limits.usual, undefined, undefined, null));
    } catch (error) {
      // Thrown synchronously: code that awaits no request would never see a rejected promise.
      if (error instanceof TooManyRequests) throw error;
      return rejection(TestRequests.#isClient(client) ? error : detached(method));
    }
  }

  static #isClient(value: unknown): boolean {
    return typeof value === "object" && value !== null && #state in value;
  }

  #follow(method: string, url: string, options: RequestOptions, maxRedirects: number): Promise<HttpResponse> {
    const first = {
      method: method as Method,
      url,
      options: ownOptions(options),
      authorization: null,
      isElsewhere: false,
      origins: [this.#routes.resolve(url).origin],
    };
    return followRedirects(first, maxRedirects, async (hop) => {
      if (this.isStopped) throw new VirtualUserStopped();
      return await this.#sendOnce(hop.method, hop.url, hop.options, hop);
    });
  }

  /** Sends one request with these options, and follows its redirects as far as allowed. */
  #sendWith(method: string, url: string, options: unknown): Promise<HttpResponse> {
    checkOptionNames(options);
    const { maxRedirects, expect, stream } = options as GivenOptions;
    if (isReopened(stream)) return this.#sendReopened(method, url, options as RequestOptions, stream);
    const most = maxRedirects === undefined ? this.#maxRedirects : redirectCount(maxRedirects);
    if (most === 0) return this.#sendOnce(method, url, options, null);
    // With redirects, `expect` is applied to the last response only, so it is validated here first.
    checkExpectation(expect);
    return this.#follow(method, url, options, most);
  }

  /** Sends a request whose stream of events reconnects when its connection ends. */
  async #sendReopened(
    method: string,
    url: string,
    options: RequestOptions,
    given: StreamOptions,
  ): Promise<HttpResponse> {
    const rules = streamRulesOf(given);
    const { reconnect: _, ...once } = given;
    const own = { ...ownOptions(options), maxRedirects: options.maxRedirects } as RequestOptions;
    const open = async (headers: RequestOptions["headers"], stream: StreamOptions) =>
      (await this.#sendWith(method, url, { ...own, headers, stream })) as ReceivedStream;
    const first = await open(options.headers, once);
    if (rules?.reconnect == null) return first;
    const reopen = (lastId: string, remainingMs: number) => {
      this.recorder.addMetric(streamReconnectsMetric, { kind: "counter", sum: 1 });
      const limits = Number.isFinite(remainingMs) ? { maxDuration: `${Math.ceil(remainingMs)}ms` } : {};
      const stream = { ...once, ...limits, [reconnecting]: true };
      return open(withLastId(options.headers, lastId), stream);
    };
    const reopener = { open: reopen, delays: this.#reopenings, isStopped: () => this.isStopped };
    first.reconnects(new Reconnection(first, rules.reconnect, rules.maxDurationMs, reopener));
    return first;
  }

  /**
   * Sends one request without following redirects, and retries it if its rules say so. `hop`: the request of a redirect
   * chain, else null.
   */
  #sendOnce(method: string, url: string, options: GivenOptions, hop: Hop | null): Promise<ReceivedResponse> {
    const { retries, auth } = options;
    if (!this.#hasCourse && retries === undefined && auth === undefined)
      return this.#try(method, url, options, hop, null, null);
    this.#course ??= new RequestCourse(noCourseRules, this, this.#user);
    if (this.#course.isInHook) return this.#try(method, url, options, hop, null, null);
    const around = { method, retries, auth: hop?.isElsewhere === true ? null : auth };
    return this.#course.send(around as AroundRequest, (attempt) => this.#try(method, url, options, hop, null, attempt));
  }

  /**
   * Sends a request once. `read`: the content of a body that had to be read first. `attempt`: null for a request without
   * hooks, retries or authentication.
   */
  #try(
    method: string,
    url: string,
    options: GivenOptions,
    hop: Hop | null,
    read: Content | null,
    attempt: RequestTry | null,
  ): Promise<ReceivedResponse> {
    const { name, tags, headers, query, json, form, multipart, body, timeout, expect, stream } = options;
    checkName(name);
    if (tags !== undefined) checkTags(tags);
    if (expect !== undefined) checkExpectation(expect);
    const streaming = stream === undefined ? null : streamRulesOf(stream);
    const limits = this.#limits.of(timeout as RequestOptions["timeout"]);
    const content = read ?? contentOf(json, form, multipart, body);
    const outgoing = new RequestHeaders(headers, this.#state.defaultsOf(hop));
    const route = name === undefined ? this.#routes.find(method, url) : null;
    const target = route?.target ?? this.#routes.resolve(url);
    if (content instanceof UnreadContent) return this.#tryWhenRead(method, url, options, hop, content, attempt);
    if (content !== null && content.type !== "") outgoing.describe(content);
    const bytes = content === null ? null : content.body;
    outgoing.checkLength(bytes);
    this.#state.addCookies(target, outgoing, hop);
    outgoing.authorize(authorizationIn(hop, target.authorization));
    const endpoint = route?.endpoint ?? this.recorder.endpoint(method, name ?? target.name);
    const request = newRequest(method, target, query, outgoing, bytes, endpoint);
    if (attempt === null) return this.send(request, endpoint, limits, expect, tags, streaming);
    const isElsewhere = hop?.isElsewhere === true;
    const editable = new EditableRequest(request, outgoing, {
      name: endpoint.name,
      tags,
      isElsewhere,
      attempt: attempt.attempt,
    });
    return attempt.carryOut(editable, expect, (edited, wanted) =>
      this.send(edited, endpoint, limits, wanted, tags, streaming),
    );
  }

  async #tryWhenRead(
    method: string,
    url: string,
    options: GivenOptions,
    hop: Hop | null,
    content: UnreadContent,
    attempt: RequestTry | null,
  ): Promise<ReceivedResponse> {
    const read = await content.read();
    if (this.isStopped) throw new VirtualUserStopped();
    return await this.#try(method, url, options, hop, read, attempt);
  }
}

/**
 * Returns the options without `maxRedirects`, copied by name: a spread takes only own properties, and options may have
 * inherited ones.
 */
function ownOptions(options: RequestOptions): RequestOptions {
  const { name, tags, headers, query, json, form, multipart, body, timeout, expect, retries, auth, stream } = options;
  const own = { name, tags, headers, query, json, form, multipart, body, timeout, expect, retries, auth, stream };
  return own as RequestOptions;
}

function answer(response: Promise<HttpResponse>): Promise<AnyResponse> {
  return response as Promise<AnyResponse>;
}

/**
 * Returns the error as a rejected promise. An invalid request is reported even if the test does not await it; a request
 * of a stopped user is not.
 */
function rejection(error: unknown): Promise<never> {
  const rejected = Promise.reject(error);
  if (error instanceof VirtualUserStopped) rejected.catch(() => {});
  return rejected;
}

/** Whether a stream reconnects. Most requests have no stream. */
function isReopened(stream: unknown): stream is StreamOptions {
  return typeof stream === "object" && stream !== null && Boolean((stream as StreamOptions).reconnect);
}

function detached(method: unknown): InvalidRequest {
  const name = typeof method === "string" ? method.toLowerCase() : "request";
  return new InvalidRequest(`vu.http.${name} was called without vu.http: write vu.http.${name}(…)`);
}
