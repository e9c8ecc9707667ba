import { describeValue } from "../../../core/describe-value.ts";
import { DurationError, parseDuration } from "../../../core/duration.ts";
import { nearestName } from "../../../core/nearest.ts";
import { InvalidRequest } from "../request/invalid-request.ts";
import { requireRecord } from "../request/request-options.ts";

/** The limits of a streamed response; Infinity for none. */
export interface StreamRules {
  /** More bytes than this, as they were received, fail the request. */
  readonly maxBytes: number;
  /** A longer line fails the request, so that an endless one takes no memory. In characters. */
  readonly maxLineLength: number;
  /** The stream ends after this time, as if the test had stopped reading. */
  readonly maxDurationMs: number;
}

const defaults: StreamRules = { maxBytes: Infinity, maxLineLength: 1024 * 1024, maxDurationMs: Infinity };
const optionNames = ["maxBytes", "maxLineLength", "maxDuration"];

/**
 * The rules of the option `stream`; null if the response is not streamed.
 * @throws InvalidRequest that names the field
 */
export function streamRulesOf(stream: unknown): StreamRules | null {
  if (stream === undefined || stream === false) return null;
  if (stream === true) return defaults;
  requireRecord("stream", stream, '{ maxDuration: "30s" }, or true');
  for (const name of Object.keys(stream)) {
    if (optionNames.includes(name)) continue;
    const near = nearestName(name, optionNames);
    const valid = near === undefined ? `valid: ${optionNames.join(", ")}` : `did you mean ${near}?`;
    throw new InvalidRequest(`unknown field ${JSON.stringify(name)} in stream; ${valid}`);
  }
  return {
    maxBytes: countOf("maxBytes", stream.maxBytes) ?? defaults.maxBytes,
    maxLineLength: countOf("maxLineLength", stream.maxLineLength) ?? defaults.maxLineLength,
    maxDurationMs: durationOf(stream.maxDuration) ?? defaults.maxDurationMs,
  };
}

function countOf(name: string, value: unknown): number | undefined {
  if (value === undefined || (Number.isInteger(value) && (value as number) > 0)) return value as number | undefined;
  throw new InvalidRequest(`stream.${name} is ${describeValue(value)}; expected a whole number above 0`);
}

function durationOf(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  try {
    const durationMs = parseDuration(value as string);
    if (durationMs > 0) return durationMs;
  } catch (cause) {
    if (!(cause instanceof DurationError)) throw cause;
    throw new InvalidRequest(`stream.maxDuration: ${cause.message}`, { cause });
  }
  throw new InvalidRequest(`stream.maxDuration is ${describeValue(value)}; expected a time longer than zero`);
}
