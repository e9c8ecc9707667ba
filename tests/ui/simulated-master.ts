import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { trendsOf } from "../../src/api/archive/trends.ts";
import type {
  LiveResultEvent,
  LiveSearch,
  LiveState,
  LiveWindow,
  LiveWorker,
  LogLine,
} from "../../src/api/contract/live.ts";
import type { RunRow } from "../../src/api/contract/runs.ts";
import type { Session } from "../../src/api/contract/session.ts";
import type { PlanColumns, RunReport } from "../../src/report/page/model.ts";
import type { Result } from "../../src/report/result/result-schema.ts";
import type { Cleanup } from "../support/test-process.ts";
import { syntheticReport } from "./synthetic-report.ts";

const bundles = new URL("../../dist/ui/", import.meta.url);
const types: Readonly<Record<string, string>> = { html: "text/html", js: "text/javascript", css: "text/css" };

export interface SimulatedOptions {
  readonly endpoints: number;
  readonly workers: number;
  readonly windows: number;
  /** Makes the report of another one. */
  readonly change?: (report: RunReport) => RunReport;
}

/**
 * Serves the page and what a master would say of a run of any size, second by second, without running one: for what no test
 * machine can carry out, and for moments that a real run has only by chance. The test decides when a second has passed.
 */
export class SimulatedMaster {
  /** The report of the run, which the test may change. */
  report: RunReport;
  /** Logged before any page listened. */
  readonly earlierLine: LogLine = { at: 1_000, level: "info", node: "master", message: "worker joined" };
  /** More of the log; for the test to change. */
  logs: readonly LogLine[] = [];
  /** What the run looks for; for the test to change. */
  search: LiveSearch | null = null;
  /** Changes of what the master says of the run; for the test to set. */
  state: Partial<LiveState> = {};
  result: Partial<LiveResultEvent> = {};
  /** Who the visitor is; for the test to change. */
  visitor: Session["visitor"] = { role: "start", isLoggedIn: false };
  /** The stored runs, the newest first; for the test to change. */
  runs: readonly RunRow[] = [];
  readonly #streams = new Set<ServerResponse>();
  readonly #workers: number;
  /** The number of reports that pages have requested. */
  reports = 0;
  readonly #first: number;
  #second: number;
  #port = 0;
  #isOver = false;

  private constructor({ endpoints, workers, windows, change = (report) => report }: SimulatedOptions) {
    const finished = change(syntheticReport({ minutes: windows / 60, endpoints, workers, windows }));
    this.report = { ...finished, state: "running" };
    this.#workers = workers;
    this.#first = windows;
    this.#second = windows;
  }

  static async start(cleanup: Cleanup, options: SimulatedOptions): Promise<SimulatedMaster> {
    const master = new SimulatedMaster(options);
    const server = createServer((request, response) => {
      master.#answer(request, response).catch(() => response.destroy());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    // A page that hears nothing for 5 s takes the connection for lost: on a busy machine, a test may take longer between two seconds.
    const heartbeat = setInterval(() => master.#send("heartbeat", {}), 1_000);
    cleanup.after(() => {
      clearInterval(heartbeat);
      master.cut();
      server.closeAllConnections();
      server.close();
    });
    master.#port = (server.address() as AddressInfo).port;
    return master;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  /** Whether a page listens. */
  get isHeard(): boolean {
    return this.#streams.size > 0;
  }

  /** One second of the run, as all its events. */
  tick(): void {
    this.#send("state", this.#state());
    this.#send("workers", this.#workerRows());
    this.tickWindow();
    const standing = { verdict: "passed", reasons: [] };
    this.#send("result", { runId: "synthetic", since: null, result: this.grown, standing, ...this.result });
  }

  /** The result so far: each endpoint has 10 requests a second. */
  get grown(): Result {
    const { result } = this.report;
    const grown = <Endpoint extends Result["total"]>(endpoint: Endpoint, perSecond: number): Endpoint => {
      return { ...endpoint, requests: endpoint.requests + (this.#second - this.#first) * perSecond };
    };
    return {
      ...result,
      total: grown(result.total, 10 * result.endpoints.length),
      endpoints: result.endpoints.map((endpoint) => grown(endpoint, 10)),
    };
  }

  /** One second of the run, as its window alone. */
  tickWindow(): void {
    this.#send("window", this.#window());
    this.#second += 1;
  }

  /** The time that the run has lasted. */
  get elapsedMs(): number {
    return this.#second * 1_000;
  }

  /** The state and the result, without a window. */
  say(): void {
    this.#send("state", this.#state());
    const { standing } = this.report;
    this.#send("result", { runId: "synthetic", since: null, result: this.grown, standing, ...this.result });
  }

  /** The plan of the run as it is now. */
  plan(plan: PlanColumns): void {
    this.#send("plan", { runId: "synthetic", plan });
  }

  /** Ends the session of the browser: its streams, and all that needs a token. */
  endSession(): void {
    this.#isOver = true;
    this.cut();
  }

  /** Ends all streams; the pages will come again. */
  cut(): void {
    for (const stream of this.#streams) stream.destroy();
    this.#streams.clear();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "/").replace(/\?.*$/, "");
    if (path === "/logout" && request.method === "POST") {
      this.endSession();
      response.writeHead(303, { location: "/" }).end();
      return;
    }
    if (this.#isOver && (path === "/" || path.startsWith("/api/"))) {
      response.writeHead(401, { "content-type": "text/html" }).end("<!doctype html><title>muster</title>Token");
      return;
    }
    if (path === "/api/live") return this.#listen(response);
    if (path === "/api/state") return json(response, this.#session());
    if (path === "/api/logs") return json(response, [this.earlierLine, ...this.logs]);
    if (path === "/api/runs") return json(response, this.runs);
    if (path === "/api/trends") return json(response, trendsOf(this.runs));
    if (path === "/api/runs/synthetic/report") {
      this.reports += 1;
      return json(response, this.#reportNow());
    }
    const name = path.startsWith("/assets/") ? path.slice("/assets/".length) : "index.html";
    response.setHeader("content-type", types[name.split(".").at(-1) ?? ""] ?? "text/plain");
    response.end(await readFile(new URL(name, bundles)));
  }

  /** The report with what the events say. */
  #reportNow(): RunReport {
    const { result = this.grown, standing = this.report.standing } = this.result;
    return { ...this.report, result, standing };
  }

  #listen(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("retry: 100\n\nevent: hello\ndata: {}\n\n");
    this.#streams.add(response);
    response.on("close", () => this.#streams.delete(response));
  }

  #send(type: string, data: unknown): void {
    for (const stream of this.#streams) stream.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  #state(): LiveState {
    return {
      runId: "synthetic",
      state: "running",
      phase: "running",
      elapsedMs: this.#second * 1_000,
      durationMs: 7_200_000,
      users: 50,
      workers: { connected: this.#workers, expected: this.#workers },
      search: this.search,
      canStart: false,
      ...this.state,
    };
  }

  #session(): Session {
    const { test, host, profile, musterVersion: version } = this.report.result.run;
    return { ...this.#state(), version, visitor: this.visitor, test, host, profile, profiles: [] };
  }

  #window(): LiveWindow {
    const point = { requests: 10, failures: 0, p50Ms: 10, p95Ms: 40 + (this.#second % 7), p99Ms: 90 };
    return {
      runId: "synthetic",
      startMs: this.#second * 1_000,
      widthMs: 1_000,
      users: 50,
      usersByClass: { Shopper: 50 },
      iterations: 100,
      droppedIterations: 0,
      total: { ...point, requests: 10 * this.report.windows.endpoints.length },
      endpoints: Object.fromEntries(
        this.report.result.endpoints.map(({ method, name }) => [`${method} ${name}`, { ...point }]),
      ),
    };
  }

  #workerRows(): LiveWorker[] {
    return this.report.result.workers.map(({ number, id, host, pid, requests, startSkewMs }) => ({
      ...{ number, id: `${id}-${number}`, host, pid, startSkewMs, requests: requests + this.#second },
      ...{ state: "running", lostBecause: null, users: 10, requestsPerSecond: 100 + (this.#second % 5), silentMs: 300 },
      health: {
        ...{ cpu: 0.4, utilisation: 0.35, loopDelayP99Ms: 2.1, loopDelayMaxMs: 3, scheduleLagP99Ms: null, gcMs: 1 },
        ...{ rssBytes: 9e7, heapAfterGcBytes: 3e7, sockets: 10, fileDescriptors: 40 },
      },
      blockedMs: 0,
      clockOffsetMs: 0.2,
    }));
  }
}

function json(response: ServerResponse, value: unknown): void {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(value));
}
