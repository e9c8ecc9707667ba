import * as z from "zod";
import { searchEvent, searchStep } from "../../report/result/capacity-schema.ts";

const scenario = z.string();

/**
 * A change of the load of a run. The operations so far, with the plan and the initial workers of the run, determine
 * what every worker has to do. So a restarted master can resume the load.
 */
const operation = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("users"),
    scenario,
    target: z.number(),
    /** Users per second; "plan" means the spawn rate of the plan. */
    perSecond: z.union([z.number(), z.enum(["plan", "at-once"])]),
  }),
  z.strictObject({
    kind: z.literal("rate"),
    scenario,
    target: z.number(),
    /** The change per second; without it, the change is immediate. */
    perSecond: z.number().exactOptional(),
  }),
  z.strictObject({ kind: z.literal("pause") }),
  z.strictObject({ kind: z.literal("resume") }),
  z.strictObject({
    kind: z.literal("leave"),
    worker: z.int(),
    /** The counted iterations that the worker had completed, by the scenario's id. */
    completed: z.array(z.tuple([z.int(), z.int()])),
  }),
  z.strictObject({ kind: z.literal("join"), worker: z.int() }),
  z.strictObject({ kind: z.literal("retire"), worker: z.int() }),
  z.strictObject({
    kind: z.literal("pass-on"),
    worker: z.int(),
    /** The number of iterations that the worker has to complete now in each part of which it gave some up, by id. */
    asked: z.array(z.tuple([z.int(), z.int()])),
  }),
  z.strictObject({ kind: z.literal("settle") }),
  /** The events of a search since its previous operation, and its next step. */
  z.strictObject({ kind: z.literal("search"), scenario, ended: z.array(searchEvent).readonly(), step: searchStep }),
  /** The answer of a shape function; null ends the load. */
  z.strictObject({
    kind: z.literal("shape"),
    scenario,
    answer: z
      .strictObject({
        users: z.number(),
        spawnRate: z.number(),
        classes: z.record(z.string(), z.number()).exactOptional(),
      })
      .nullable(),
  }),
]);

/** The history of a load, in order: the initial workers, then each operation and the time at which it takes effect. */
export const controlLog = z.strictObject({
  workers: z.array(z.int()),
  operations: z.array(z.strictObject({ atMs: z.number(), operation })),
});

export type Operation = z.infer<typeof operation>;
export type ControlLog = z.infer<typeof controlLog>;
export const timedOperation = controlLog.shape.operations.element;
export type TimedOperation = z.infer<typeof timedOperation>;

/**
 * Returns the change per second that brings a value to `target` within `overMs`; Infinity for an immediate change. A
 * null value counts as `target`.
 */
export function slopeTo(value: number | null, target: number, overMs: number): number {
  const difference = Math.abs(target - (value ?? target));
  return difference === 0 || overMs === 0 ? Number.POSITIVE_INFINITY : (difference * 1_000) / overMs;
}

/** Converts a spawn rate for JSON, which has no infinity; null is the spawn rate of the plan. */
export function spawnRateOf(perSecond: number | null): number | "at-once" | "plan" {
  if (perSecond === null) return "plan";
  return Number.isFinite(perSecond) ? perSecond : "at-once";
}
