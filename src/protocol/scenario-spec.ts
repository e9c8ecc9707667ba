import * as z from "zod";

/* What one worker has to know to carry out its share of one scenario. Times are ms since the start of the run. */

const shared = {
  /** Unique in the run; an update with a known id replaces what the worker does for it. */
  id: z.int().nonnegative(),
  name: z.string(),
  /** Shares of the test's classes, by the class's number. */
  classes: z.array(z.strictObject({ weight: z.number(), fixedCount: z.exactOptional(z.number()) })),
  /** Virtual user i of the scenario is number `indexOffset + i * indexStep` of the run. */
  indexOffset: z.int().nonnegative(),
  indexStep: z.int().positive(),
  /** Null: not known yet. */
  endMs: z.number().nullable(),
};
const points = z.array(z.strictObject({ atMs: z.number(), value: z.number() }));

const closedSpec = z.strictObject({
  kind: z.literal("closed"),
  ...shared,
  /** Users over time, of all workers. */
  points,
  /** This worker's users: packed ranges (`core/ranges.ts`). */
  virtualUsers: z.string(),
  /** Users that come from another worker, and when they start here, under the spawn rate. */
  moved: z.array(z.tuple([z.int(), z.number()])),
  /** Users that go to another worker, and when: until then they go on here. */
  leaving: z.array(z.tuple([z.int(), z.number()])),
});

const openSpec = z.strictObject({
  kind: z.literal("open"),
  ...shared,
  /** Iterations per second over time, of all workers. */
  points,
  arrivals: z.enum(["even", "poisson"]),
  /** This worker's place among the workers of the scenario. */
  position: z.int().nonnegative(),
  workerCount: z.int().positive(),
  /** The iteration from which on this place holds; those before it are of the places before. */
  firstIteration: z.int().nonnegative(),
  /** This worker's share. */
  maxUsers: z.int().nonnegative(),
  queueLimit: z.int().nonnegative(),
});

const iterationsSpec = z.strictObject({
  kind: z.literal("iterations"),
  ...shared,
  startMs: z.number(),
  virtualUsers: z.string(),
  /** Iterations of this worker's users together; null when only each has its own number. */
  total: z.int().nonnegative().nullable(),
  perUser: z.int().positive().nullable(),
  /** Paused: no iteration begins. */
  isHeld: z.boolean(),
});

export const scenarioSpec = z.discriminatedUnion("kind", [closedSpec, openSpec, iterationsSpec]);

export type ScenarioSpec = z.infer<typeof scenarioSpec>;
export type ClosedSpec = z.infer<typeof closedSpec>;
export type OpenSpec = z.infer<typeof openSpec>;
export type IterationsSpec = z.infer<typeof iterationsSpec>;
