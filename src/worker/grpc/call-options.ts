import { describeValue } from "../../core/describe-value.ts";
import { DurationError, parseDuration } from "../../core/duration.ts";
import { grpcStatusNames } from "../../core/failure-kind.ts";
import { InvalidValue, requireOptions } from "../../core/invalid-value.ts";
import { nearestName } from "../../core/nearest.ts";
import type { GrpcCallOptions } from "../../scenario/definition/grpc.ts";
import { measurementTags } from "../../scenario/definition/measurement-tags.ts";

const callOptions = ["deadline", "metadata", "name", "tags", "expect"];

/** Validates the options of a call, because a test may be written in JavaScript. @throws InvalidValue */
export function requireCallOptions(where: string, given: GrpcCallOptions): void {
  requireOptions(where, given, callOptions, '{ deadline: "2s" }');
  const { name, tags, expect, metadata } = given;
  if (name !== undefined && (typeof name !== "string" || name.trim() === "")) {
    throw new InvalidValue(`${where}: name is ${describeValue(name)}; expected a string`);
  }
  if (tags !== undefined) measurementTags(where, { tags });
  if (metadata !== undefined) requireRecord(where, metadata);
  if (expect !== undefined && typeof expect !== "function") requireStatuses(where, [expect].flat());
}

function requireRecord(where: string, metadata: unknown): void {
  if (typeof metadata === "object" && metadata !== null && !Array.isArray(metadata)) return;
  throw new InvalidValue(`${where}: metadata is ${describeValue(metadata)}; expected an object such as { key: "…" }`);
}

function requireStatuses(where: string, statuses: readonly unknown[]): void {
  const names: readonly unknown[] = grpcStatusNames;
  const wrong = statuses.find((one) => !names.includes(one));
  if (wrong === undefined && statuses.length > 0) return;
  const near = typeof wrong === "string" ? nearestName(wrong, grpcStatusNames) : undefined;
  const hint = near === undefined ? 'expected a status such as "NOT_FOUND"' : `did you mean ${near}?`;
  throw new InvalidValue(`${where}: expect is ${describeValue(wrong ?? statuses)}; ${hint}`);
}

/** Returns the deadline in ms; undefined if there is none. @throws InvalidValue */
export function deadlineOf(where: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  try {
    const limitMs = parseDuration(text);
    if (limitMs > 0) return limitMs;
  } catch (cause) {
    if (cause instanceof DurationError) throw new InvalidValue(`${where}: deadline: ${cause.message}`, { cause });
    throw cause;
  }
  throw new InvalidValue(`${where}: deadline is ${JSON.stringify(text)}; expected a time longer than zero`);
}
