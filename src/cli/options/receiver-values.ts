import { InvalidArgumentError } from "commander";
import { parsePair, secretValues } from "../../runner/delivery/receiver.ts";
import type { PrometheusAddress } from "../../runner/metrics/prometheus-endpoint.ts";
import type { ReceiverOptions } from "../../runner/run-options.ts";
import { duration, port } from "./option-values.ts";

/* Parsers of the values of options about receivers. Commander adds the name of the flag to their errors. */

const shortestIntervalMs = 1_000;
const defaultHost = "127.0.0.1";

/** Parses "0.0.0.0:9464", "[::1]:9464", ":9464" or "9464"; without a host, only this machine can connect. */
export function prometheusAddress(text: string): PrometheusAddress {
  const [, bracketed, name, number] = /^(?:(?:\[([^\]]+)\]|([^:[\]/\s]*)):)?(\d{1,5})$/.exec(text) ?? [];
  if (number === undefined) {
    throw new InvalidArgumentError(
      "Expected ADDRESS:PORT, e.g. 127.0.0.1:9464. To leave it out, write the flag after the test, or before another flag.",
    );
  }
  return { host: bracketed ?? (name === undefined || name === "" ? defaultHost : name), port: port(number) };
}

/** Parses an HTTP URL. Commander quotes the given text in its error, in which known secrets are masked. */
export function receiverUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new InvalidArgumentError("Expected a URL with http: or https:, e.g. http://127.0.0.1:4318.");
  }
  return text;
}

/** Parses one or more URLs, separated by commas. A repeated option adds to the URLs that were given before. */
export function webhooks(text: string, before: readonly string[] = []): string[] {
  return [...before, ...text.split(/,(?=https?:)/i).map(receiverUrl)];
}

/** Parses one or more headers as "name=value", separated by commas. A repeated option adds to the headers that were given before. */
export function headers(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const all: Record<string, string> = { ...before };
  for (const given of text.split(/,(?=\s*[\w!#$%&'*+.^`|~-]+=)/)) {
    const pair = parsePair(given);
    if (pair === null) throw new InvalidArgumentError('Expected NAME=VALUE, e.g. "x-api-key=abc".');
    all[pair[0].toLowerCase()] = pair[1];
  }
  return all;
}

export function interval(text: string): number {
  const ms = duration(text);
  if (ms < shortestIntervalMs) throw new InvalidArgumentError("Expected 1s or more.");
  return ms;
}

/** Returns the secrets that must not remain on the command line: the addresses of webhooks, and keys in headers. */
export function secretsOfReceivers({
  webhook = [],
  otlpHeader = {},
  prometheusRemoteWriteHeader = {},
}: Pick<ReceiverOptions, "webhook" | "otlpHeader" | "prometheusRemoteWriteHeader">): string[] {
  return [...webhook, ...secretValues(otlpHeader), ...secretValues(prometheusRemoteWriteHeader)];
}
