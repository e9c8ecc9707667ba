import { describeValue } from "../../core/describe-value.ts";
import { DurationError, parseDuration } from "../../core/duration.ts";
import { InvalidValue, requireOptions } from "../../core/invalid-value.ts";
import { measurementTags } from "../../scenario/definition/measurement-tags.ts";
import type {
  AskOptions,
  MessageFilter,
  ReceiveOptions,
  WebSocketMessage,
  WebSocketOptions,
} from "../../scenario/definition/protocols/websocket.ts";

type Tags = Readonly<Record<string, string>> | undefined;

/** Valid options of `vu.websocket`. */
export interface SocketRules {
  readonly name: string | undefined;
  readonly tags: Tags;
  readonly protocols: readonly string[];
  readonly headers: WebSocketOptions["headers"];
  /** The time limit; undefined for the user's usual limit. */
  readonly limitMs: number | undefined;
  readonly compression: boolean;
  readonly maxMessageBytes: number;
  readonly maxKeptMessages: number;
  readonly onMessage: ((message: WebSocketMessage) => void) | undefined;
}

/** Valid options of `receive`, `ask` or `ping`. */
export interface WaitRules {
  readonly name: string | undefined;
  readonly tags: Tags;
  /** The time limit; undefined for the user's usual limit. */
  readonly limitMs: number | undefined;
  readonly accepts: MessageFilter;
}

const socketOptions = [
  ...["name", "tags", "protocols", "headers", "timeout", "compression"],
  ...["maxMessageBytes", "maxKeptMessages", "onMessage"],
];
const usualMaxMessageBytes = 16 * 1024 * 1024;
const usualMaxKeptMessages = 100;
const mostKeptMessages = 1_000_000;
/** ws counts sizes in 32 bits. */
const largestSize = 2 ** 31 - 1;
/** A token (RFC 9110, 5.6.2). */
const validProtocol = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** @throws InvalidValue */
export function socketRules(where: string, given: WebSocketOptions | undefined): SocketRules {
  checkOptions(where, given, socketOptions);
  const { name, tags, protocols, headers, timeout, compression = false, onMessage } = given ?? {};
  const { maxMessageBytes = usualMaxMessageBytes, maxKeptMessages = usualMaxKeptMessages } = given ?? {};
  checkName(where, name);
  if (typeof compression !== "boolean") throw wrong(where, "compression", compression, "true or false");
  requireCount(where, "maxMessageBytes", maxMessageBytes, 1, largestSize);
  requireCount(where, "maxKeptMessages", maxKeptMessages, 0, mostKeptMessages);
  if (onMessage !== undefined && typeof onMessage !== "function") {
    throw wrong(where, "onMessage", onMessage, "a function of a message");
  }
  return {
    ...{ name, headers, compression, maxMessageBytes, maxKeptMessages, onMessage },
    tags: tags === undefined ? undefined : measurementTags(where, { tags }),
    protocols: protocolsOf(where, protocols),
    limitMs: limitOf(where, timeout),
  };
}

const acceptsAny: MessageFilter = () => true;

/** @throws InvalidValue @param names the names of the known options */
export function waitRules(where: string, given: AskOptions | undefined, names: readonly string[]): WaitRules {
  checkOptions(where, given, names);
  const { name, tags, timeout, answer = acceptsAny } = given ?? {};
  checkName(where, name);
  if (typeof answer !== "function") {
    throw wrong(where, "answer", answer, "a function of a message, such as (message) => message.json().id === 7");
  }
  return {
    name,
    tags: tags === undefined ? undefined : measurementTags(where, { tags }),
    limitMs: limitOf(where, timeout),
    accepts: answer,
  };
}

/** Validates the arguments of `receive`. The first argument is optional. @throws InvalidValue */
export function receiveRules(
  where: string,
  first: MessageFilter | ReceiveOptions | undefined,
  second: ReceiveOptions | undefined,
): WaitRules {
  const options = typeof first === "function" || first === undefined ? second : first;
  const rules = waitRules(where, options, ["name", "tags", "timeout"]);
  return typeof first === "function" ? { ...rules, accepts: first } : rules;
}

/** @throws InvalidValue */
function checkOptions(where: string, given: unknown, names: readonly string[]): void {
  if (given !== undefined) requireOptions(where, given, names, '{ timeout: "5s" }');
}

function checkName(where: string, name: unknown): void {
  if (name === undefined || (typeof name === "string" && name.trim() !== "")) return;
  throw wrong(where, "name", name, 'a string such as "/rooms/:id"');
}

function requireCount(where: string, option: string, value: unknown, least: number, most: number): void {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return;
  throw wrong(where, option, value, `a whole number from ${least} to ${most}`);
}

function protocolsOf(where: string, given: unknown): readonly string[] {
  if (given === undefined) return [];
  const protocols = Array.isArray(given) ? (given as unknown[]) : [given];
  for (const protocol of protocols) {
    if (typeof protocol === "string" && validProtocol.test(protocol)) continue;
    throw wrong(where, "protocols", protocol, 'names such as "graphql-transport-ws"');
  }
  return [...new Set(protocols as string[])];
}

function limitOf(where: string, timeout: string | undefined): number | undefined {
  if (timeout === undefined) return undefined;
  try {
    const limitMs = parseDuration(timeout);
    if (limitMs > 0) return limitMs;
  } catch (cause) {
    if (cause instanceof DurationError) throw new InvalidValue(`${where}: timeout: ${cause.message}`, { cause });
    throw cause;
  }
  throw wrong(where, "timeout", timeout, "a time longer than zero");
}

function wrong(where: string, option: string, value: unknown, expected: string): InvalidValue {
  return new InvalidValue(`${where}: ${option} is ${describeValue(value)}; expected ${expected}`);
}
