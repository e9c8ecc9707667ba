import { describeValue } from "../../../core/describe-value.ts";
import { DurationError, parseDuration } from "../../../core/duration.ts";
import { nameHint } from "../../../core/nearest.ts";
import { InvalidRequest } from "../request/invalid-request.ts";
import { requireRecord } from "../request/request-options.ts";
import type { ReconnectRules } from "./reconnection.ts";

/** The limits of a streamed response; Infinity for none. */
export interface StreamRules {
  /** The maximum number of bytes, as they were received; more fail the request. */
  readonly maxBytes: number;
  /** The maximum length of a line, in characters. A longer one fails the request, so that an endless line cannot fill the memory. */
  readonly maxLineLength: number;
  /** The stream ends after this time, as if the test had stopped reading. */
  readonly maxDurationMs: number;
  /** A longer time without an event fails the request. */
  readonly maxGapMs: number;
  /** How the stream reconnects; null if it does not. */
  readonly reconnect: ReconnectRules | null;
  /** Whether the request reconnects a stream. It is part of no iteration: the stream may have begun in an earlier one. */
  readonly isReopened: boolean;
}

/** Marks the options of a request that reconnects a stream. */
export const reconnecting = Symbol("reconnecting");

const noTimes = { maxDurationMs: Infinity, maxGapMs: Infinity };
const defaults: StreamRules = {
  maxBytes: Infinity,
  maxLineLength: 1024 * 1024,
  ...noTimes,
  reconnect: null,
  isReopened: false,
};
const optionNames = ["maxBytes", "maxLineLength", "maxDuration", "maxGap", "reconnect"];
const reconnectNames = ["max", "delay"];
const usualReconnect: ReconnectRules = { max: 10, delayMs: 3_000 };

/**
 * Returns the rules of the option `stream`; null if the response is not streamed.
 * @throws InvalidRequest that names the field
 */
export function streamRulesOf(stream: unknown): StreamRules | null {
  if (stream === undefined || stream === false) return null;
  if (stream === true) return defaults;
  requireRecord("stream", stream, '{ maxDuration: "30s" }, or true');
  checkFields("stream", stream, optionNames);
  return {
    maxBytes: countOf("stream.maxBytes", stream.maxBytes) ?? defaults.maxBytes,
    maxLineLength: countOf("stream.maxLineLength", stream.maxLineLength) ?? defaults.maxLineLength,
    maxDurationMs: durationOf("stream.maxDuration", stream.maxDuration) ?? defaults.maxDurationMs,
    maxGapMs: durationOf("stream.maxGap", stream.maxGap) ?? defaults.maxGapMs,
    reconnect: reconnectOf(stream.reconnect),
    isReopened: reconnecting in stream,
  };
}

function reconnectOf(reconnect: unknown): ReconnectRules | null {
  if (reconnect === undefined || reconnect === false) return null;
  if (reconnect === true) return usualReconnect;
  requireRecord("stream.reconnect", reconnect, '{ max: 10, delay: "3s" }, or true');
  checkFields("stream.reconnect", reconnect, reconnectNames);
  return {
    max: countOf("stream.reconnect.max", reconnect.max) ?? usualReconnect.max,
    delayMs: durationOf("stream.reconnect.delay", reconnect.delay) ?? usualReconnect.delayMs,
  };
}

function checkFields(where: string, given: object, names: readonly string[]): void {
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    throw new InvalidRequest(`unknown field ${JSON.stringify(name)} in ${where}; ${nameHint(name, names)}`);
  }
}

function countOf(name: string, value: unknown): number | undefined {
  if (value === undefined || (Number.isInteger(value) && (value as number) > 0)) return value as number | undefined;
  throw new InvalidRequest(`${name} is ${describeValue(value)}; expected a whole number above 0`);
}

function durationOf(name: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  try {
    const durationMs = parseDuration(value as string);
    if (durationMs > 0) return durationMs;
  } catch (cause) {
    if (!(cause instanceof DurationError)) throw cause;
    throw new InvalidRequest(`${name}: ${cause.message}`, { cause });
  }
  throw new InvalidRequest(`${name} is ${describeValue(value)}; expected a time longer than zero`);
}
