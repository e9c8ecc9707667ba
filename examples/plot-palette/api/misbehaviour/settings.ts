import { isJsonObject } from "../json-fields.ts";
import { RequestError } from "../request-error.ts";

/** How the service misbehaves; absent means it does not. All rates are per second, all shares 0 to 1. */
export interface MisbehaviourSettings {
  readonly latencyMs?: number;
  readonly latencyLognormal?: { readonly medianMs: number; readonly sigma: number };
  /** The share of requests answered with 500. */
  readonly errorRate?: number;
  /** Arrivals above this rate are answered with 503. */
  readonly errorAbove?: { readonly requestsPerSecond: number };
  /** One server with a queue; beyond `queueLimit` waiting requests it answers 503. */
  readonly capacity?: { readonly requestsPerSecond: number; readonly queueLimit?: number };
  /** Capacity times `factor`, `afterMs` after the load first rose above 80 % of it. */
  readonly scaleOut?: { readonly afterMs: number; readonly factor: number };
  readonly leak?: { readonly msPerMinute: number };
  /** Memory that each request leaves behind; response times stay as they are. */
  readonly memoryLeak?: { readonly bytesPerRequest: number };
  readonly stall?: { readonly forMs: number; readonly afterMs?: number };
  /** The share of requests whose connection is reset instead of answered. */
  readonly resetRate?: number;
  readonly neverRecover?: { readonly aboveRequestsPerSecond: number; readonly latencyMs: number };
}

interface NumberRule {
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
  readonly optional?: boolean;
}

type Shape = { readonly number: NumberRule } | { readonly fields: Readonly<Record<string, NumberRule>> };

const DAY_MS = 86_400_000;
const duration: NumberRule = { min: 0, max: DAY_MS };
const share: NumberRule = { min: 0, max: 1 };
const rate: NumberRule = { min: 0.01, max: 1_000_000 };
/** Rates counted request by request need a whole number. */
const wholeRate: NumberRule = { min: 1, max: 1_000_000, whole: true };

const SHAPES: Readonly<Record<keyof MisbehaviourSettings, Shape>> = {
  latencyMs: { number: duration },
  latencyLognormal: { fields: { medianMs: duration, sigma: { min: 0, max: 5 } } },
  errorRate: { number: share },
  errorAbove: { fields: { requestsPerSecond: wholeRate } },
  capacity: {
    fields: { requestsPerSecond: rate, queueLimit: { min: 0, max: 1_000_000, whole: true, optional: true } },
  },
  scaleOut: { fields: { afterMs: duration, factor: { min: 0.01, max: 1_000 } } },
  leak: { fields: { msPerMinute: duration } },
  memoryLeak: { fields: { bytesPerRequest: { min: 1, max: 10_000_000, whole: true } } },
  stall: { fields: { forMs: duration, afterMs: { ...duration, optional: true } } },
  resetRate: { number: share },
  neverRecover: { fields: { aboveRequestsPerSecond: wholeRate, latencyMs: duration } },
};

/** The setting of that name; 400 naming it when there is none. */
export function settingName(name: string): keyof MisbehaviourSettings {
  if (Object.hasOwn(SHAPES, name)) return name as keyof MisbehaviourSettings;
  throw new RequestError(400, `there is no misbehaviour "${name}"; known: ${Object.keys(SHAPES).join(", ")}`, name);
}

/** The settings, when every field of `value` is one and is in its range; 400 naming the field otherwise. */
export function checkSettings(value: unknown): MisbehaviourSettings {
  if (!isJsonObject(value)) throw new RequestError(400, "misbehaviour must be a JSON object", "(body)");
  for (const [name, setting] of Object.entries(value)) {
    const shape = SHAPES[settingName(name)];
    if ("number" in shape) checkNumber(name, setting, shape.number);
    else checkFields(name, setting, shape.fields);
  }
  if (value.scaleOut !== undefined && value.capacity === undefined) {
    throw new RequestError(400, "scaleOut needs capacity", "scaleOut");
  }
  return value as MisbehaviourSettings;
}

function checkFields(name: string, value: unknown, rules: Readonly<Record<string, NumberRule>>): void {
  if (!isJsonObject(value)) throw new RequestError(400, `${name} must be an object`, name);
  for (const field of Object.keys(value)) {
    if (Object.hasOwn(rules, field)) continue;
    const known = Object.keys(rules).join(", ");
    throw new RequestError(400, `${name} has no field "${field}"; known: ${known}`, `${name}.${field}`);
  }
  for (const [field, rule] of Object.entries(rules)) checkNumber(`${name}.${field}`, value[field], rule);
}

function checkNumber(field: string, value: unknown, { min, max, whole = false, optional = false }: NumberRule): void {
  if (value === undefined && optional) return;
  if (typeof value === "number" && value >= min && value <= max && (!whole || Number.isInteger(value))) return;
  throw new RequestError(400, `${field} must be a ${whole ? "whole " : ""}number from ${min} to ${max}`, field);
}
