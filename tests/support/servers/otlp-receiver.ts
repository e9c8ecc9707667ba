import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Cleanup } from "../test-process.ts";
import { type Answer, PostReceiver, taken } from "./post-receiver.ts";

/** A data point, as OpenTelemetry's own protobuf definitions decode it; of each kind only its own fields are there. */
export interface OtlpPoint {
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly timeUnixNano: number;
  readonly startTimeUnixNano: number;
  /** Of a number. */
  readonly value?: number;
  /** Of an exponential histogram. */
  readonly count?: number;
  readonly sum?: number;
  readonly min?: number;
  readonly max?: number;
  readonly scale?: number;
  readonly zeroCount?: number;
  readonly positive?: { readonly offset: number; readonly bucketCounts: readonly number[] };
}

export interface OtlpMetric {
  readonly name: string;
  readonly unit: string;
  readonly kind: "sum" | "gauge" | "exponentialHistogram";
  readonly isMonotonic: boolean;
  /** 2 is cumulative. */
  readonly temporality: number;
  readonly points: readonly OtlpPoint[];
}

export interface OtlpMetrics {
  readonly resource: Readonly<Record<string, string | number | boolean>>;
  readonly metrics: readonly OtlpMetric[];
}

interface MessageType {
  decode(bytes: Uint8Array): unknown;
  toObject(message: unknown, options: object): Record<string, unknown>;
}

export interface OtlpSpan {
  /** In hexadecimal digits. */
  readonly traceId: string;
  readonly spanId: string;
  readonly name: string;
  /** 3 is a client. */
  readonly kind: number;
  readonly startTimeUnixNano: number;
  readonly endTimeUnixNano: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** A `code` of 2 is an error; absent without a status. */
  readonly status?: { readonly code?: number; readonly message?: string };
}

/** The package has them for its own use, so they are loaded by their path. */
function definitions(): { readonly metrics: MessageType; readonly traces: MessageType } {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve("@opentelemetry/otlp-transformer/package.json"));
  const { opentelemetry } = require(join(folder, "build/src/generated/root.js")) as {
    opentelemetry: {
      proto: {
        collector: {
          metrics: { v1: { ExportMetricsServiceRequest: MessageType } };
          trace: { v1: { ExportTraceServiceRequest: MessageType } };
        };
      };
    };
  };
  const { metrics, trace } = opentelemetry.proto.collector;
  return { metrics: metrics.v1.ExportMetricsServiceRequest, traces: trace.v1.ExportTraceServiceRequest };
}

let known: ReturnType<typeof definitions> | undefined;

/** Decodes an `ExportMetricsServiceRequest`. */
export function decodeMetrics(body: Uint8Array): OtlpMetrics {
  known ??= definitions();
  const type = known.metrics;
  const request = type.toObject(type.decode(body), { longs: Number, arrays: true }) as unknown as RawRequest;
  const resources = request.resourceMetrics;
  return {
    resource: attributesOf(resources[0]?.resource.attributes ?? []),
    metrics: resources.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics.map(metricOf))),
  };
}

/** Decodes an `ExportTraceServiceRequest`. */
function decodeSpans(body: Uint8Array): OtlpSpan[] {
  known ??= definitions();
  const type = known.traces;
  const request = type.toObject(type.decode(body), { longs: Number, arrays: true }) as unknown as RawTraces;
  const spans = request.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  return spans.map(({ traceId, spanId, attributes, ...span }) => ({
    ...span,
    traceId: Buffer.from(traceId).toString("hex"),
    spanId: Buffer.from(spanId).toString("hex"),
    attributes: attributesOf(attributes),
  }));
}

interface RawSpan extends Omit<OtlpSpan, "traceId" | "spanId" | "attributes"> {
  readonly traceId: Uint8Array;
  readonly spanId: Uint8Array;
  readonly attributes: readonly RawAttribute[];
}
interface RawTraces {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly RawSpan[] }[] }[];
}
type RawValue = { stringValue?: string; doubleValue?: number; intValue?: number; boolValue?: boolean };
type RawAttribute = { readonly key: string; readonly value: RawValue };
type RawPoint = Omit<OtlpPoint, "attributes" | "value"> & {
  readonly attributes: readonly RawAttribute[];
  readonly asDouble?: number;
  readonly asInt?: number;
};
type RawData = { dataPoints: readonly RawPoint[]; aggregationTemporality?: number; isMonotonic?: boolean };
type RawMetric = { name: string; unit: string; sum?: RawData; gauge?: RawData; exponentialHistogram?: RawData };
interface RawRequest {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: readonly RawAttribute[] };
    readonly scopeMetrics: readonly { readonly metrics: readonly RawMetric[] }[];
  }[];
}

function metricOf({ name, unit, ...data }: RawMetric): OtlpMetric {
  const kind = (["sum", "gauge", "exponentialHistogram"] as const).find((one) => data[one] !== undefined);
  if (kind === undefined) throw new Error(`no data in ${name}`);
  const { dataPoints, aggregationTemporality: temporality = 0, isMonotonic = false } = data[kind] as RawData;
  const points = dataPoints.map(({ attributes, asDouble, asInt, ...point }) => {
    const value = asDouble ?? asInt;
    return { ...point, attributes: attributesOf(attributes), ...(value === undefined ? {} : { value }) };
  });
  return { name, unit, kind, isMonotonic, temporality, points };
}

function attributesOf(attributes: readonly RawAttribute[]): Record<string, string | number | boolean> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? value.doubleValue ?? value.intValue ?? value.boolValue ?? "",
    ]),
  );
}

/** A receiver of OTLP over HTTP. */
export class OtlpReceiver {
  readonly http: PostReceiver;

  private constructor(http: PostReceiver) {
    this.http = http;
  }

  static async start(cleanup: Cleanup, answer: Answer = taken): Promise<OtlpReceiver> {
    return new OtlpReceiver(await PostReceiver.start(cleanup, answer));
  }

  get url(): string {
    return this.http.url;
  }

  /** The metrics of each request, in their order. */
  get metrics(): OtlpMetrics[] {
    return this.http.posts.filter(({ path }) => path === "/v1/metrics").map(({ body }) => decodeMetrics(body));
  }

  /** All spans, in the order of their requests. */
  get spans(): OtlpSpan[] {
    return this.http.posts.filter(({ path }) => path === "/v1/traces").flatMap(({ body }) => decodeSpans(body));
  }

  /** The latest point of each metric and set of attributes. */
  get latest(): LatestMetrics {
    return new LatestMetrics(this.metrics);
  }
}

export class LatestMetrics {
  readonly #points = new Map<string, Map<string, OtlpPoint>>();

  constructor(requests: readonly OtlpMetrics[]) {
    for (const { metrics } of requests) {
      for (const { name, points } of metrics) {
        const known = this.#points.get(name) ?? new Map<string, OtlpPoint>();
        this.#points.set(name, known);
        for (const point of points) known.set(JSON.stringify(point.attributes), point);
      }
    }
  }

  points(name: string): OtlpPoint[] {
    return [...(this.#points.get(name)?.values() ?? [])];
  }

  /** The one point with these attributes. */
  point(name: string, attributes: Readonly<Record<string, string>> = {}): OtlpPoint {
    const found = this.#points.get(name)?.get(JSON.stringify(attributes));
    if (found === undefined) throw new Error(`no ${name} ${JSON.stringify(attributes)}`);
    return found;
  }

  sum(name: string): number {
    return this.points(name).reduce((sum, { value = 0 }) => sum + value, 0);
  }
}
