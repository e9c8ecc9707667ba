import * as z from "zod";

/* The schema of a capacity search: its events as the store keeps them, and its result. */

const failure = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("target"), name: z.string() }),
  z.strictObject({ kind: z.literal("fell-behind"), achievedShare: z.number() }),
  z.strictObject({ kind: z.literal("dropped"), droppedShare: z.number() }),
  z.strictObject({ kind: z.literal("backlog"), growthPerSecond: z.number() }),
]);
const failures = z.array(failure).readonly();

const outcome = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("passed") }),
  z.strictObject({ kind: z.literal("failed"), failures }),
  z.strictObject({ kind: z.literal("invalid"), reason: z.string(), isVoid: z.exactOptional(z.literal(true)) }),
]);

/** The measurement of a trial; `TrialFigures` of the analysis. */
const measurement = z.strictObject({
  offered: z.number(),
  achieved: z.number(),
  dropped: z.number(),
  succeededPerSecond: z.number(),
  errorRate: z.number(),
  p95Ms: z.number(),
  p95IntervalMs: z.strictObject({ lowMs: z.number(), highMs: z.number().nullable() }).readonly().exactOptional(),
  p99Ms: z.number(),
  targets: z.array(z.strictObject({ name: z.string(), held: z.boolean() })).readonly(),
  sickness: z.string().nullable(),
});

const times = { startMs: z.number(), settleMs: z.number(), measureMs: z.number() };
const trialPurpose = z.enum(["bracket", "narrow", "confirm", "probe"]);

const trial = z.strictObject({
  kind: z.literal("trial"),
  ...times,
  purpose: trialPurpose,
  ratePerSecond: z.number(),
  outcome,
  measurement,
});
const drain = z.strictObject({
  kind: z.literal("drain"),
  startMs: z.number(),
  ratePerSecond: z.number(),
  tookMs: z.number(),
  drained: z.boolean(),
});
const userTrial = z.strictObject({ kind: z.literal("users"), ...times, users: z.number(), outcome, measurement });

/** A step of a search: a trial or a drain. */
export const searchEvent = z.discriminatedUnion("kind", [trial, drain, userTrial]);

export const endReason = z.enum(["found", "max", "deadline", "generator-limited", "nothing-holds", "stopped"]);

const length = { settleMs: z.number(), measureMs: z.number() };

/** The next step of a search: `AnySearchStep` of the analysis. */
export const searchStep = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("trial"), purpose: trialPurpose, ratePerSecond: z.number(), ...length }),
  z.strictObject({
    kind: z.literal("drain"),
    ratePerSecond: z.number(),
    untilP95Ms: z.number().nullable(),
    capMs: z.number(),
  }),
  z.strictObject({ kind: z.literal("users"), users: z.number(), spawnRate: z.number().exactOptional(), ...length }),
  z.strictObject({ kind: z.literal("end"), reason: endReason }),
]);

const capacity = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("found"), ratePerSecond: z.number(), failsAtPerSecond: z.number() }),
  z.strictObject({
    kind: z.literal("at-least"),
    ratePerSecond: z.number(),
    failsAtPerSecond: z.number().nullable(),
    because: z.enum(["max", "deadline", "generator-limited", "stopped"]),
  }),
  z.strictObject({ kind: z.literal("below"), ratePerSecond: z.number() }),
  z.strictObject({ kind: z.literal("unknown") }),
]);

const law = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("fitted"),
    perUser: z.number(),
    contention: z.number(),
    coherency: z.number(),
    peak: z.strictObject({ users: z.number(), perSecond: z.number() }).nullable(),
    determination: z.number(),
  }),
  z.strictObject({ kind: z.literal("insufficient"), reason: z.string() }),
]);

const facts = { reason: endReason, targets: z.array(z.string()).readonly() };

/** The result of a search; `CapacityResult` of the analysis. */
export const capacitySchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("arrivals"),
    ...facts,
    atLeastPerSecond: z.number().nullable(),
    capacity,
    confirmed: z.boolean(),
    firstBroken: failures,
    overload: z.enum(["plateau", "collapse", "error-cliff", "inconsistent"]).nullable(),
    kneePerSecond: z.number().nullable(),
    peakGoodput: z.strictObject({ succeededPerSecond: z.number(), ratePerSecond: z.number() }).nullable(),
    operateAtPerSecond: z.number().nullable(),
    trials: z.array(trial).readonly(),
    slowDrains: z.array(drain).readonly(),
  }),
  z.strictObject({
    kind: z.literal("users"),
    ...facts,
    holdsUsers: z.number().nullable(),
    firstBroken: failures,
    peakGoodput: z.strictObject({ succeededPerSecond: z.number(), users: z.number() }).nullable(),
    law,
    trials: z.array(userTrial).readonly(),
  }),
]);
