import type { Logger } from "pino";
import { hideSecrets } from "../../core/redaction/known-secrets.ts";
import type { RequestRow } from "../../protocol/request-rows.ts";
import { count } from "../../report/numbers.ts";
import { DeliveryQueue } from "../delivery/delivery-queue.ts";
import { writeAttribute, writeResource } from "../delivery/otlp-resource.ts";
import { type OtlpOptions, otlpTarget } from "../delivery/otlp-target.ts";
import { ProtobufWriter } from "../delivery/protobuf-writer.ts";
import { inSlices } from "../metrics/in-slices.ts";
import { version } from "../process/version.ts";
import type { RunOutput, StartedRun } from "./run-output.ts";

/** Values of `opentelemetry.proto.trace.v1`: the kind of a request that is sent, and the status of a failed one. */
const kindClient = 3;
const statusError = 2;

/**
 * `--otlp` of a run with traces: sends a span for each sampled request. The spans of the service are its children, because the
 * request carries the id of its span.
 */
export class SpansOutput implements RunOutput {
  readonly name: string;
  readonly wantedRequests = { share: 0, hasSampled: true };
  readonly #queue: DeliveryQueue;
  readonly #environment: NodeJS.ProcessEnv;
  #run: StartedRun | null = null;
  /** The time of the start of the load, in ms since 1970; null until it has begun. */
  #startedAtMs: number | null = null;
  #leftOut = 0;
  /** The batches that are being encoded. This is asynchronous, because a whole batch would hold the event loop for too long. */
  readonly #encoding = new Set<Promise<void>>();

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
    if (sampled.length === 0 || this.#run === null) return;
    if (this.#startedAtMs === null) {
      this.#leftOut += sampled.length;
      return;
    }
    const encoding = this.#encode(this.#run, sampled, worker, this.#startedAtMs);
    this.#encoding.add(encoding);
    await encoding.finally(() => this.#encoding.delete(encoding));
  }

  async settle(): Promise<readonly string[]> {
    await Promise.allSettled(this.#encoding);
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

  async #encode(run: StartedRun, rows: readonly RequestRow[], worker: number, startedAtMs: number): Promise<void> {
    const spans = new ProtobufWriter();
    // Each call writes one span.
    for await (const _ of inSlices(writtenSpans(spans, rows, worker, startedAtMs)));
    this.#queue.add(bodyOf(run, spans, this.#environment));
  }
}

/** Writes each row as a span in field 2 of a `ScopeSpans`. */
function* writtenSpans(
  spans: ProtobufWriter,
  rows: readonly RequestRow[],
  worker: number,
  startedAtMs: number,
): Generator<void, void, void> {
  const known = new KnownAttributes();
  for (const row of rows) yield void spans.message(2, (span) => writeSpan(span, row, worker, startedAtMs, known));
}

/** Encoded attributes that many spans share, for field 9 of a `Span`. */
class KnownAttributes {
  readonly #written = new Map<string, ProtobufWriter>();

  append(span: ProtobufWriter, key: string, value: string | bigint): void {
    const both = `${key}=${value}`;
    let written = this.#written.get(both);
    if (written === undefined) {
      written = new ProtobufWriter();
      writeAttribute(written, 9, key, value);
      this.#written.set(both, written);
    }
    span.append(written);
  }
}

/** Returns an `ExportTraceServiceRequest`. */
function bodyOf(
  { definition: { runId, testName, resolved } }: StartedRun,
  spans: ProtobufWriter,
  environment: NodeJS.ProcessEnv,
): Uint8Array {
  const run = { runId, testName, profile: resolved.profile, host: resolved.host };
  const request = new ProtobufWriter().message(1, (resourceSpans) => {
    resourceSpans.message(1, (resource) => writeResource(resource, run, environment));
    resourceSpans.message(2, (scopeSpans) => {
      scopeSpans.message(1, (scope) => scope.text(1, "muster").text(2, version));
      scopeSpans.append(spans);
    });
  });
  return request.finish();
}

/**
 * Writes the fields of a `Span`.
 * Source: https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span
 */
function writeSpan(
  span: ProtobufWriter,
  row: RequestRow,
  worker: number,
  startedAtMs: number,
  known: KnownAttributes,
): void {
  const { atMs, serviceMs, responseMs, method, name, url, failure, error } = row;
  span.bytes(1, Buffer.from(row.traceId, "hex")).bytes(2, Buffer.from(row.spanId, "hex"));
  span.text(5, hideSecrets(`${method} ${name}`)).varint(6, kindClient);
  span.fixed64(7, nanoseconds(startedAtMs + atMs)).fixed64(8, nanoseconds(startedAtMs + atMs + serviceMs));
  for (const [key, value] of Object.entries(sharedAttributes(row, worker))) known.append(span, key, value);
  writeAttribute(span, 9, "url.full", url);
  writeAttribute(span, 9, "muster.response_time_ms", responseMs);
  if (failure !== "") span.message(15, (status) => status.text(2, hideSecrets(error)).varint(3, statusError));
}

function sharedAttributes(row: RequestRow, worker: number): Record<string, string | bigint> {
  const { method, status, failure, scenario, className, group, user } = row;
  return {
    "http.request.method": method,
    ...(status === 0 ? {} : { "http.response.status_code": BigInt(status) }),
    ...(failure === "" ? {} : { "error.type": failure }),
    "muster.scenario": scenario,
    "muster.class": className,
    ...(group === "" ? {} : { "muster.group": group }),
    "muster.worker": BigInt(worker),
    "muster.user": BigInt(user),
  };
}

/** Converts a time in ms since 1970 to ns, exact to the microsecond. */
function nanoseconds(ms: number): bigint {
  return BigInt(Math.round(ms * 1_000)) * 1_000n;
}
