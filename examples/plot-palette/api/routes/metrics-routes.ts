import type { Clock } from "../clock.ts";
import type { Traffic } from "../counting/traffic.ts";
import type { Route } from "../exchange.ts";
import type { Misbehaviour } from "../misbehaviour/misbehaviour.ts";
import { Reply } from "../reply.ts";
import { route } from "../router.ts";

/** What the metrics are read from. */
export interface MetricsParts {
  readonly traffic: Traffic;
  readonly misbehaviour: Misbehaviour;
  readonly clock: Clock;
}

const TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** The service's own metrics in Prometheus's text format. Reading them is not counted, and works however it misbehaves. */
export function metricsRoutes(parts: MetricsParts): Route[] {
  return [route("control", "GET /metrics", () => new Reply(200, metricsText(parts), [], TYPE))];
}

function metricsText({ traffic, misbehaviour, clock }: MetricsParts): string {
  const nowMs = clock();
  const { routes, inFlight, connections } = traffic.snapshot(nowMs);
  const { rss, heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const requests = Object.entries(routes).map(
    ([key, { requests }]) => `plot_palette_requests_total{route="${key.replace(/[\\"]/g, "\\$&")}"} ${requests}`,
  );
  return `${[
    ...gauge("plot_palette_queue_length", "Requests that wait to be served.", misbehaviour.queueLength(nowMs)),
    ...gauge("plot_palette_requests_in_flight", "Requests without an answer yet.", inFlight.current),
    ...gauge("plot_palette_connections", "Open connections.", connections.current),
    ...gauge("plot_palette_kept_bytes", "Memory that requests have left behind.", misbehaviour.keptBytes),
    "# HELP plot_palette_requests_total Requests received.",
    "# TYPE plot_palette_requests_total counter",
    ...requests,
    ...gauge("process_resident_memory_bytes", "Resident memory.", rss),
    ...gauge("nodejs_heap_size_used_bytes", "Memory of JavaScript objects.", heapUsed),
    ...gauge("nodejs_external_memory_bytes", "Memory of buffers.", external),
    "# HELP process_cpu_seconds_total CPU time of the process.",
    "# TYPE process_cpu_seconds_total counter",
    `process_cpu_seconds_total ${(user + system) / 1_000_000}`,
  ].join("\n")}\n`;
}

function gauge(name: string, help: string, value: number): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, `${name} ${value}`];
}
