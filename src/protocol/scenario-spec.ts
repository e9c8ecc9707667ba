import * as z from "zod";

/* The assignment of one worker in one scenario. Times are in ms since the start of the run. */

const shared = {
  /** The id of the scenario, unique in the run; an update with the same id replaces the assignment. */
  id: z.int().nonnegative(),
  name: z.string(),
  /** The shares of the test's classes, by class number. */
  classes: z.array(z.strictObject({ weight: z.number(), fixedCount: z.exactOptional(z.number()) })),
  /** Virtual user i of the scenario is number `indexOffset + i * indexStep` of the run. */
  indexOffset: z.int().nonnegative(),
  indexStep: z.int().positive(),
  /** The end of the scenario; null if it is not known yet. */
  endMs: z.number().nullable(),
};
const points = z.array(z.strictObject({ atMs: z.number(), value: z.number() }));

const closedSpec = z.strictObject({
  kind: z.literal("closed"),
  ...shared,
  /** The planned number of users over time, of all workers. */
  points,
  /** This worker's users as packed ranges (`core/ranges.ts`). */
  virtualUsers: z.string(),
  /** Users that move here from another worker, and when each starts here, at the spawn rate. */
  moved: z.array(z.tuple([z.int(), z.number()])),
  /** Users that move to another worker, and when; until then they run here. */
  leaving: z.array(z.tuple([z.int(), z.number()])),
});

const openSpec = z.strictObject({
  kind: z.literal("open"),
  ...shared,
  /** The planned iterations per second over time, of all workers. */
  points,
  arrivals: z.enum(["even", "poisson"]),
  /** This worker's position among the workers of the scenario. */
  position: z.int().nonnegative(),
  workerCount: z.int().positive(),
  /** The first iteration for which this position holds. */
  firstIteration: z.int().nonnegative(),
  /** This worker's share of the maximum number of users. */
  maxUsers: z.int().nonnegative(),
  queueLimit: z.int().nonnegative(),
});

const iterationsSpec = z.strictObject({
  kind: z.literal("iterations"),
  ...shared,
  startMs: z.number(),
  virtualUsers: z.string(),
  /** The iterations of this worker's users together; null if each user has its own number. */
  total: z.int().nonnegative().nullable(),
  perUser: z.int().positive().nullable(),
  /** Whether the scenario is paused: no iteration starts. */
  isHeld: z.boolean(),
});

export const scenarioSpec = z.discriminatedUnion("kind", [closedSpec, openSpec, iterationsSpec]);

export type ScenarioSpec = z.infer<typeof scenarioSpec>;
export type ClosedSpec = z.infer<typeof closedSpec>;
export type OpenSpec = z.infer<typeof openSpec>;
export type IterationsSpec = z.infer<typeof iterationsSpec>;
