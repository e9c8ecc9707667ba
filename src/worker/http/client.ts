import type { CookieJar } from "tough-cookie";
import { parseDuration } from "../../core/duration.ts";
import type { HttpClient, HttpResponse, Method, RequestOptions } from "../../scenario/http.ts";
import type { EndpointRecorder, IntervalRecorder } from "../../stats/interval-recorder.ts";
import { newCookieJar } from "./cookie-jar.ts";
import type { Connections, HttpEngine, OutgoingRequest } from "./engine.ts";
import { type ExchangeOwner, MeasuredExchange } from "./exchange.ts";
import { type Failure, VirtualUserStopped } from "./failure.ts";
import { encodeBody, resolveUrl, type Target } from "./request.ts";

const defaultTimeoutMs = 60_000;

/** The HTTP client of one virtual user: its own connections, its own cookies. */
export class VirtualUserClient implements HttpClient, ExchangeOwner {
  readonly #connections: Connections;
  readonly #recorder: IntervalRecorder;
  readonly #base: Target;
  readonly #openExchanges = new Set<MeasuredExchange>();
  #jar: CookieJar | null = null;
  #stopped = false;
  /** Requests that were sent and have ended so far: each has waited for the network. */
  endedCount = 0;
  interruptedCount = 0;
  #dueMs: number | null = null;
  #actedMs = 0;

  constructor(engine: HttpEngine, recorder: IntervalRecorder, base: Target) {
    this.#connections = engine.createConnections();
    this.#recorder = recorder;
    this.#base = base;
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

  request(method: Method, url: string, options: RequestOptions = {}): Promise<HttpResponse> {
    const response = this.#send(method, url, options);
    // A test that does not wait for its request must not end the process when that is interrupted.
    response.catch(() => {});
    return response;
  }

  #send(method: Method, url: string, options: RequestOptions): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      if (this.#stopped) throw new VirtualUserStopped();
      const target = resolveUrl(this.#base, url, options.query);
      const headers: Record<string, string> = { ...options.headers };
      const body = encodeBody(options, headers);
      this.#addCookies(target, headers);
      const endpoint = this.#recorder.endpoint(method, options.name ?? target.name);
      const timeoutMs = options.timeout === undefined ? defaultTimeoutMs : parseDuration(options.timeout);
      const nowMs = performance.now();
      const isFirst = this.#dueMs !== null;
      const exchange = new MeasuredExchange(
        this,
        target.origin + target.path,
        endpoint,
        timeoutMs,
        this.#dueMs ?? nowMs,
        isFirst ? this.#actedMs : nowMs,
        options.expect,
        resolve,
        reject,
      );
      this.#dueMs = null;
      const request: OutgoingRequest = { method, origin: target.origin, path: target.path, headers, body };
      this.#openExchanges.add(exchange);
      try {
        exchange.dispatched(this.#connections.dispatch(request, exchange));
      } catch (error) {
        exchange.dispose();
        this.#openExchanges.delete(exchange);
        throw error;
      }
    });
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
    for (const exchange of this.#openExchanges) exchange.abort(new VirtualUserStopped());
  }

  /** Closes the connections. */
  close(): void {
    this.abort();
    this.#connections.destroy();
  }

  finished(exchange: MeasuredExchange, url: string, setCookie: readonly string[]): void {
    this.#openExchanges.delete(exchange);
    if (exchange.wasSent) this.endedCount++;
    if (setCookie.length > 0) this.#keepCookies(url, setCookie);
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

  #addCookies(target: Target, headers: Record<string, string>): void {
    if (this.#jar === null || Object.keys(headers).some((name) => name.toLowerCase() === "cookie")) return;
    const cookies = this.#jar.getCookieStringSync(target.origin + target.path);
    if (cookies !== "") headers.cookie = cookies;
  }

  #keepCookies(url: string, values: readonly string[]): void {
    this.#jar ??= newCookieJar();
    // A cookie that the jar refuses (another domain, say) is dropped, as a browser would.
    for (const value of values) this.#jar.setCookieSync(value, url, { ignoreError: true });
  }
}
