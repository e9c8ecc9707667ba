import type { Exchange } from "../exchange.ts";
import { ActiveUsers } from "./active-users.ts";
import { ArrivalLog } from "./arrival-log.ts";
import { FailureLog } from "./failure-log.ts";
import { Gauge } from "./gauge.ts";
import { RouteCounts, type RouteSnapshot } from "./route-counts.ts";

interface CurrentAndPeak {
  current: number;
  peak: number;
}

/** Everything counted since the start or the last reset; control routes are not in it. */
export interface CountsSnapshot {
  /** Requests received; `completed`, `aborted` and those still in flight add up to it. */
  total: number;
  completed: number;
  aborted: number;
  routes: Record<string, RouteSnapshot>;
  inFlight: CurrentAndPeak;
  /** Open TCP connections, including those of control requests. */
  connections: CurrentAndPeak;
  /** Distinct `x-user` headers within 10 s. */
  users: CurrentAndPeak;
  arrivals: { recorded: number; dropped: number };
}

/** Counts what the service receives and answers. */
export class Traffic {
  readonly connections = new Gauge();
  readonly arrivals = new ArrivalLog();
  readonly failures = new FailureLog();
  readonly #inFlight = new Gauge();
  readonly #users = new ActiveUsers();
  #routes = new RouteCounts();

  /** The head of a request was received. */
  begin(exchange: Exchange, nowMs: number): void {
    this.arrivals.record(nowMs);
    this.#inFlight.rise();
    exchange.count = this.#routes.of(exchange.route.key);
    exchange.count.requests += 1;
    const user = exchange.header("x-user");
    if (user !== undefined) this.#users.saw(user, nowMs);
  }

  /** The response was finished, or its connection is gone. */
  end(exchange: Exchange): void {
    if (exchange.count === undefined) return;
    this.#inFlight.fall();
    const { response, bytesIn, bytesOut } = exchange;
    if (response.statusCode >= 400) {
      const {
        route,
        response: { statusCode: status },
      } = exchange;
      this.failures.record({ route: route.key, status, traceparent: exchange.header("traceparent") ?? null });
    }
    if (response.writableFinished) exchange.count.complete(response.statusCode, bytesIn, bytesOut);
    else exchange.count.abort();
  }

  snapshot(nowMs: number): CountsSnapshot {
    const routes = this.#routes.snapshot();
    const sum = (field: "requests" | "completed" | "aborted") =>
      Object.values(routes).reduce((total, route) => total + route[field], 0);
    return {
      total: sum("requests"),
      completed: sum("completed"),
      aborted: sum("aborted"),
      routes,
      inFlight: this.#inFlight.snapshot(),
      connections: this.connections.snapshot(),
      users: this.#users.snapshot(nowMs),
      arrivals: this.arrivals.summary(),
    };
  }

  reset(nowMs: number): void {
    this.#routes = new RouteCounts();
    this.#inFlight.resetPeak();
    this.connections.resetPeak();
    this.#users.reset();
    this.arrivals.reset(nowMs);
    this.failures.reset();
  }
}
