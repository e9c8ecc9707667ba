import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, isIP } from "node:net";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { ConfigurationError } from "../../core/errors.ts";
import { onSignals } from "../process/stopper.ts";
import { inSlices } from "./in-slices.ts";
import type { MetricFamily } from "./metric-family.ts";
import { prometheusText, prometheusTextType } from "./prometheus-text.ts";

/** The address at which Prometheus reads the metrics of a run. */
export interface PrometheusAddress {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
}

/** A run whose metrics are read. */
export interface ScrapedRun {
  readonly runId: string;
  /** Whether the values will not change any more. */
  readonly isFinal: boolean;
  families(): readonly MetricFamily[];
}

/** The metrics of a run as text, which has the state of the run at the time when the text was begun. */
interface Rendering {
  readonly run: ScrapedRun | null;
  readonly isFinal: boolean;
  readonly text: Promise<string>;
}

const mostConnections = 64;
const requestTimeoutMs = 5_000;
const compress = promisify(gzip);

/**
 * Serves the metrics of the current run, or of the last one, at `/metrics` in Prometheus' text format. It belongs to the
 * process: with a web page, one run follows another at the same address.
 */
export class PrometheusEndpoint {
  readonly #address: PrometheusAddress;
  readonly #http: Server;
  #run: ScrapedRun | null = null;
  /** The text that is being made, for all requests that arrive in the meantime; null if none is. */
  #rendering: Rendering | null = null;
  /** Ends the wait for a scrape of the final values. */
  #onFinalScrape = () => {};

  constructor(address: PrometheusAddress) {
    this.#address = address;
    this.#http = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    this.#http.maxConnections = mostConnections;
    this.#http.requestTimeout = requestTimeoutMs;
    this.#http.headersTimeout = requestTimeoutMs;
  }

  /** Listens at the address. @returns the URL of the metrics. @throws ConfigurationError when the address cannot be used */
  async listen(): Promise<string> {
    const { host, port } = this.#address;
    try {
      this.#http.listen(port, host);
      await once(this.#http, "listening");
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      const why = code === "EADDRINUSE" ? "the port is in use; choose another" : (cause as Error).message;
      throw new ConfigurationError(`--prometheus ${shownHost(host)}:${port}: ${why}`, { cause });
    }
    const { port: bound } = this.#http.address() as AddressInfo;
    return `http://${shownHost(host)}:${bound}/metrics`;
  }

  /** Serves this run from now on. */
  serve(run: ScrapedRun): void {
    this.#run = run;
  }

  /** Resolves when the final values of the run have been read once, after the timeout, or at a signal to the process. */
  async finalScrape(timeoutMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    const stopListening = onSignals(() => resolve());
    this.#onFinalScrape = resolve;
    await promise;
    clearTimeout(timer);
    stopListening();
    this.#onFinalScrape = () => {};
  }

  close(): void {
    this.#http.close();
    this.#http.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "" } = request;
    if (!this.#isForHere(request)) return end(response, 403, "this address is not served under that name\n");
    if (url.split("?")[0] !== "/metrics") return end(response, 404, "the metrics are at /metrics\n");
    if (method !== "GET" && method !== "HEAD") return end(response, 405, "expected GET\n");
    const rendering = this.#currentRendering();
    const text = await rendering.text;
    const isCompressed = /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
    const body = isCompressed ? await compress(text) : Buffer.from(text);
    response.writeHead(200, {
      "content-type": prometheusTextType,
      "content-length": body.length,
      ...(isCompressed ? { "content-encoding": "gzip" } : {}),
    });
    response.end(method === "HEAD" ? undefined : body);
    if (rendering.isFinal && method === "GET") response.once("finish", () => this.#onFinalScrape());
  }

  /** Returns the text that is being made, unless it was begun before the values were final; otherwise begins a new one. */
  #currentRendering(): Rendering {
    const run = this.#run;
    const isFinal = run?.isFinal === true;
    const current = this.#rendering;
    if (current !== null && current.run === run && current.isFinal === isFinal) return current;
    const text = this.#render(run).finally(() => {
      if (this.#rendering?.text === text) this.#rendering = null;
    });
    this.#rendering = { run, isFinal, text };
    return this.#rendering;
  }

  async #render(run: ScrapedRun | null): Promise<string> {
    if (run === null) return "";
    const pieces: string[] = [];
    for await (const piece of inSlices(prometheusText(run.families(), { run: run.runId }))) pieces.push(piece);
    return pieces.join("");
  }

  /**
   * Whether the `Host` header of a request is accepted. On a loopback address, only IP addresses and "localhost" are, because
   * the page of another site may have made its own name point here (DNS rebinding).
   */
  #isForHere({ headers }: IncomingMessage): boolean {
    const { host } = this.#address;
    if (!isLoopbackAddress(host)) return true;
    const name = URL.parse(`http://${headers.host ?? ""}`)?.hostname ?? "";
    return name === "localhost" || isIP(name.replace(/^\[|\]$/g, "")) !== 0;
  }
}

function isLoopbackAddress(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}

function shownHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(text);
}
