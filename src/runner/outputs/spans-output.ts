import type { Logger } from "pino";
import type { RequestRow } from "../../protocol/request-rows.ts";
import { count } from "../../report/numbers.ts";
import { DeliveryQueue } from "../delivery/delivery-queue.ts";
import { writeAttribute, writeResource } from "../delivery/otlp-resource.ts";
import { type OtlpOptions, otlpTarget } from "../delivery/otlp-target.ts";
import { ProtobufWriter } from "../delivery/protobuf-writer.ts";
import { version } from "../process/version.ts";
import type { RunOutput, StartedRun } from "./run-output.ts";

/** Of `opentelemetry.proto.trace.v1`: a request that is sent, and one that has failed. */
const kindClient = 3;
const statusError = 2;

/**
 * `--otlp` of a run with traces: a span for each sampled request. The spans of the service are its children, because the request has
 * carried its id.
 */
export class SpansOutput implements RunOutput {
  readonly name: string;
  readonly wantedRequests = { share: 0, hasSampled: true };
  readonly #queue: DeliveryQueue;
  readonly #environment: NodeJS.ProcessEnv;
  #run: StartedRun | null = null;
  /** Of the start of the load, in ms since 1970; null until it has begun. */
  #startedAtMs: number | null = null;
  #leftOut = 0;

  /** @throws ConfigurationError when a variable of the environment is not valid */
  constructor(options: OtlpOptions, environment: NodeJS.ProcessEnv, log: Logger) {
    const target = otlpTarget("traces", options, environment);
    this.name = `${target.name} (spans)`;
    this.#environment = environment;
    this.#queue = new DeliveryQueue({ ...target, name: this.name }, log);
  }

  begin(run: StartedRun): void {
    this.#run = run;
  }

  async requests(worker: number, rows: readonly RequestRow[], leftOut: number): Promise<void> {
    this.#leftOut += leftOut;
    this.#startedAtMs ??= this.#run?.master.outcomeSoFar.startedAt?.getTime() ?? null;
    const sampled = rows.filter(({ isSampled, traceId }) => isSampled && traceId !== "");
    if (sampled.length === 0 || this.#run === null || this.#startedAtMs === null) return;
    this.#queue.add(bodyOf(this.#run, sampled, worker, this.#startedAtMs, this.#environment));
  }

  async settle(): Promise<readonly string[]> {
    const undelivered = await this.#queue.drain();
    const leftOut =
      this.#leftOut === 0
        ? []
        : [
            `${this.name}: up to ${count(this.#leftOut)} requests have no span, because they were more than the master takes`,
          ];
    return undelivered === null ? leftOut : [undelivered, ...leftOut];
  }

  close(): void {
    this.#queue.close();
  }
}

/** An `ExportTraceServiceRequest`. */
function bodyOf(
  { definition: { runId, testName, resolved } }: StartedRun,
  rows: readonly RequestRow[],
  worker: number,
  startedAtMs: number,
  environment: NodeJS.ProcessEnv,
): Uint8Array {
  const run = { runId, testName, profile: resolved.profile, host: resolved.host };
  const request = new ProtobufWriter().message(1, (resourceSpans) => {
    resourceSpans.message(1, (resource) => writeResource(resource, run, environment));
    resourceSpans.message(2, (scopeSpans) => {
      scopeSpans.message(1, (scope) => scope.text(1, "muster").text(2, version));
      for (const row of rows) scopeSpans.message(2, (span) => writeSpan(span, row, worker, startedAtMs));
    });
  });
  return request.finish();
}

/**
 * Writes the fields of a `Span`.
 * Source: https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span
 */
function writeSpan(span: ProtobufWriter, row: RequestRow, worker: number, startedAtMs: number): void {
  const { atMs, serviceMs, method, name, failure, error } = row;
  span.bytes(1, Buffer.from(row.traceId, "hex")).bytes(2, Buffer.from(row.spanId, "hex"));
  span.text(5, `${method} ${name}`).varint(6, kindClient);
  span.fixed64(7, nanoseconds(startedAtMs + atMs)).fixed64(8, nanoseconds(startedAtMs + atMs + serviceMs));
  for (const [key, value] of Object.entries(attributesOf(row, worker))) writeAttribute(span, 9, key, value);
  if (failure !== "") span.message(15, (status) => status.text(2, error).varint(3, statusError));
}

function attributesOf(row: RequestRow, worker: number): Record<string, string | number> {
  const { method, url, status, failure, scenario, className, group, user, responseMs } = row;
  return {
    "http.request.method": method,
    "url.full": url,
    ...(status === 0 ? {} : { "http.response.status_code": status }),
    ...(failure === "" ? {} : { "error.type": failure }),
    "muster.scenario": scenario,
    "muster.class": className,
    ...(group === "" ? {} : { "muster.group": group }),
    "muster.worker": worker,
    "muster.user": user,
    "muster.response_time_ms": responseMs,
  };
}

/** Of a time in ms since 1970, exact to the microsecond. */
function nanoseconds(ms: number): bigint {
  return BigInt(Math.round(ms * 1_000)) * 1_000n;
}
