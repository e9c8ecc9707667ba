import type { DeliveryTarget } from "./delivery-target.ts";
import { refusedData } from "./otlp-answer.ts";
import { headersIn, receiverOf, userAgent } from "./receiver.ts";

/** The receiver of OTLP data. */
export interface OtlpOptions {
  /** The base URL of an OTLP receiver over HTTP, e.g. http://127.0.0.1:4318. */
  readonly otlp?: string;
  /** Headers of the requests to it. */
  readonly otlpHeader?: Readonly<Record<string, string>>;
}

/**
 * Returns the receiver of a signal: the base URL with `/v1/metrics` or `/v1/traces`, which replaces such an ending of the URL.
 * Headers of the flag replace headers of the environment.
 * Source: https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp
 * @param environment with OTEL_EXPORTER_OTLP_HEADERS and OTEL_EXPORTER_OTLP_METRICS_HEADERS, or …_TRACES_HEADERS
 * @throws ConfigurationError when a variable does not contain valid headers
 */
export function otlpTarget(
  signal: "metrics" | "traces",
  { otlp = "", otlpHeader = {} }: OtlpOptions,
  environment: NodeJS.ProcessEnv,
): DeliveryTarget {
  const { url, name, authorization } = receiverOf("--otlp", otlp);
  url.pathname = url.pathname.replace(/(?:\/v1\/(?:metrics|traces))?\/*$/, `/v1/${signal}`);
  return {
    name,
    url: url.href,
    headers: lowerCased({
      "user-agent": userAgent,
      ...authorization,
      ...headersIn(environment, "OTEL_EXPORTER_OTLP_HEADERS"),
      ...headersIn(environment, `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_HEADERS`),
      ...otlpHeader,
      "content-type": "application/x-protobuf",
    }),
    refusedIn: refusedData,
  };
}

/** Converts the names of headers to lower case. If names differ only in case, the last one counts. */
function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
