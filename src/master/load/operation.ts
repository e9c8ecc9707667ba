import * as z from "zod";
import { searchEvent } from "../../report/result/capacity-schema.ts";
import { searchStep } from "./search-step.ts";

const scenario = z.string();

/**
 * Something that changed the load of a run. With the plan and the workers it began with, the operations of a run so far
 * give what every worker has to do: so a master that was restarted takes up the load where it stood.
 */
const operation = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("users"),
    scenario,
    target: z.number(),
    /** "plan" is the spawn rate of the plan. */
    perSecond: z.union([z.number(), z.enum(["plan", "at-once"])]),
  }),
  z.strictObject({
    kind: z.literal("rate"),
    scenario,
    target: z.number(),
    /** By how much each second; without it, at once. */
    perSecond: z.number().exactOptional(),
  }),
  z.strictObject({ kind: z.literal("pause") }),
  z.strictObject({ kind: z.literal("resume") }),
  z.strictObject({
    kind: z.literal("leave"),
    worker: z.int(),
    /** What it had completed of counted loads, by the scenario's id. */
    completed: z.array(z.tuple([z.int(), z.int()])),
  }),
  z.strictObject({ kind: z.literal("join"), worker: z.int() }),
  z.strictObject({ kind: z.literal("settle") }),
  /** What a search has done since the one before, and what it does next. */
  z.strictObject({ kind: z.literal("search"), scenario, ended: z.array(searchEvent).readonly(), step: searchStep }),
  /** What a shape function answered. */
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

/** What steered a load, in its order: the workers it began with, then each operation with the instant it holds from. */
export const controlLog = z.strictObject({
  workers: z.array(z.int()),
  operations: z.array(z.strictObject({ atMs: z.number(), operation })),
});

export type Operation = z.infer<typeof operation>;
export type ControlLog = z.infer<typeof controlLog>;
export const timedOperation = controlLog.shape.operations.element;
export type TimedOperation = z.infer<typeof timedOperation>;
