import * as z from "zod";
import { parseDuration } from "../core/duration.ts";
import { ConfigurationError } from "../core/errors.ts";
import type { TestDefinition } from "./define.ts";

const code = z.custom<(...parameters: never[]) => unknown>(
  (value) => typeof value === "function",
  "expected a function",
);
const weight = z.number().nonnegative();

/** Kept as the text it is; parsed when the run is resolved. Refused here so that the message can name the field. */
const duration = z.string().superRefine((text, context) => {
  try {
    parseDuration(text);
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
  }
});

const stage = z.strictObject({ duration, target: z.number().nonnegative() });
const load = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({
      kind: z.literal("closed"),
      users: z.int().nonnegative(),
      spawnRate: z.number().positive(),
      duration,
    }),
    z.strictObject({
      kind: z.literal("closed-stages"),
      stages: z.array(stage).nonempty(),
      startUsers: z.int().nonnegative(),
    }),
  ],
  { error: 'expected a load such as closed({ users: 50, spawnRate: 5, duration: "5m" })' },
);
const pause = z.union(
  [
    z.strictObject({ kind: z.literal("constant"), duration }),
    z.strictObject({ kind: z.literal("between"), shortest: duration, longest: duration }),
    code,
  ],
  { error: 'expected a pause such as between("1s", "3s")' },
);
const targets = z.strictObject({
  p50: duration.optional(),
  p95: duration.optional(),
  p99: duration.optional(),
  errorRate: z.string().optional(),
  requestsPerSecond: z.number().positive().optional(),
  concurrentUsers: z.number().nonnegative().optional(),
});
const thresholds = z.record(z.string(), z.union([z.string(), z.array(z.string())]));
const user = z.strictObject({
  name: z.string().min(1),
  weight: weight.optional(),
  fixedCount: z.int().nonnegative().optional(),
  pause: pause.optional(),
  state: code.optional(),
  onStart: code.optional(),
  tasks: z
    .record(z.string(), z.union([code, z.strictObject({ weight: weight.optional(), run: code })]))
    .refine((tasks) => Object.keys(tasks).length > 0, "a user class needs at least one task"),
  order: z.enum(["random", "sequential"]).optional(),
  onStop: code.optional(),
});
const profile = z.strictObject({
  load,
  users: z.record(z.string(), z.union([weight, z.strictObject({ fixedCount: z.int().nonnegative() })])).optional(),
  pause: pause.optional(),
  targets: targets.optional(),
  thresholds: thresholds.optional(),
});
const test = z.strictObject({
  name: z.string().min(1).optional(),
  host: z.string().optional(),
  users: z.array(user).nonempty(),
  load: load.optional(),
  profiles: z.record(z.string(), profile).optional(),
  targets: targets.optional(),
  thresholds: thresholds.optional(),
  setup: code.optional(),
  teardown: code.optional(),
});

/**
 * Checks what a test file exports. Unknown fields are refused by name.
 * @throws ConfigurationError with the path of the first wrong field.
 */
export function validateTest(value: unknown): TestDefinition {
  const parsed = test.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path = issue === undefined ? "" : pathOf(issue.path);
    throw new ConfigurationError(
      `in the test file, ${path || "the default export"}: ${issue?.message ?? "is not a test"}`,
    );
  }
  return value as TestDefinition;
}

function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((part, position) =>
      typeof part === "number" ? `[${part}]` : position === 0 ? String(part) : `.${String(part)}`,
    )
    .join("");
}
