import * as z from "zod";
import { parseHostEntry } from "../../core/hosts/host-rules.ts";
import { connectionFields } from "../connections/connection-schema.ts";
import { isAuthentication } from "../definition/authentication.ts";
import { defaultHeaderProblem } from "../definition/header-rules.ts";
import { observeSchema } from "../observe/observe-schema.ts";
import { code, durationSchema, isLongerThanZero, load, nameSchema, targets, userCount } from "./load-schema.ts";
import { type OrderedTasks, pause, taskOrder, taskProblems, tasks, taskTags, weight } from "./task-schema.ts";
import { eitherOf, messageOf } from "./unknown-field.ts";

/* The shapes of what a test file exports. Strict: an unknown field is refused by name. */

const shares = z.record(z.string(), z.union([weight, z.strictObject({ fixedCount: userCount })]));
const scenario = z.strictObject({ load, users: shares.optional(), startAfter: durationSchema.optional() });
/** One load, or several scenarios by name. */
const loads = z.record(z.string(), z.unknown()).superRefine((value, context) => {
  const isScenarios = !("kind" in value) && Object.values(value).every((one) => typeof one === "object");
  const form = isScenarios ? scenarios : load;
  for (const issue of form.safeParse(value).error?.issues ?? [])
    context.addIssue({ ...issue, message: messageOf(form, issue, value) } as never);
});
const scenarios = z
  .record(nameSchema, scenario)
  .refine((value) => Object.keys(value).length > 0, "expected at least one scenario");

const thresholdObject = z.strictObject({
  threshold: z.string(),
  abortOnFail: z.boolean().optional(),
  delayAbortEval: durationSchema.optional(),
  noData: z.enum(["fails", "passes"]).optional(),
  window: durationSchema.optional(),
  after: z
    .union([z.literal("ramp"), durationSchema], { error: 'expected "ramp" or a duration such as "30s"' })
    .optional(),
});
const threshold = eitherOf((value) => (typeof value === "string" ? z.string() : thresholdObject));
const thresholds = z.record(
  z.string(),
  eitherOf((value) => (Array.isArray(value) ? z.array(threshold) : threshold)),
);

const timeLimit = durationSchema.refine(isLongerThanZero, "expected a time longer than zero");
const timeouts = z.strictObject({
  connect: timeLimit.optional(),
  headers: timeLimit.optional(),
  body: timeLimit.optional(),
  total: timeLimit.optional(),
});

const headers = z.record(z.string(), z.unknown()).superRefine((given, context) => {
  for (const [name, value] of Object.entries(given)) {
    const isValue = typeof value === "string" || value === null;
    const message = isValue ? defaultHeaderProblem(name, value) : "expected a string, or null to leave the header out";
    if (message !== null) context.addIssue({ code: "custom", path: [name], message });
  }
});

const retryOptions = z.strictObject({
  max: z.int().nonnegative(),
  statuses: z.array(z.int().min(100).max(999)).optional(),
  errors: z.boolean().optional(),
  delay: durationSchema.optional(),
  maxDelay: durationSchema.optional(),
});

const auth = z.custom(
  (value) => value === null || typeof value === "function" || isAuthentication(value),
  "expected basicAuth(…), digestAuth(…), bearerAuth(…), a function that returns one, or null",
);

/** The settings of a test and a class for their requests. */
const requestSettings = {
  retries: eitherOf((value) => (typeof value === "object" ? retryOptions : z.int().nonnegative())).optional(),
  session: z.enum(["user", "iteration"]).optional(),
  connections: z.enum(["user", "iteration", "request"]).optional(),
  auth: auth.optional(),
  beforeRequest: code.optional(),
  afterResponse: code.optional(),
};

const userObject = z.strictObject({
  name: nameSchema,
  weight: weight.optional(),
  fixedCount: userCount.optional(),
  tags: taskTags,
  pause: pause.optional(),
  headers: headers.optional(),
  ...requestSettings,
  ...connectionFields,
  setup: code.optional(),
  state: code.optional(),
  onStart: code.optional(),
  tasks,
  ...taskOrder,
  onStop: code.optional(),
});
const user = userObject.superRefine((given, context) => {
  for (const problem of taskProblems(given as OrderedTasks)) context.addIssue({ code: "custom", ...problem });
});

const profile = z.strictObject({
  load: loads,
  users: shares.optional(),
  pause: pause.optional(),
  targets: targets.optional(),
  thresholds: thresholds.optional(),
  drift: z
    .union([z.boolean(), z.strictObject({ abort: z.boolean().optional(), warmUp: durationSchema.optional() })], {
      error: 'expected true, false, or options such as { abort: true, warmUp: "2m" }',
    })
    .optional(),
});

const hostEntry = z.string().superRefine((text, context) => {
  const problem = parseHostEntry(text);
  if (typeof problem === "string") context.addIssue({ code: "custom", message: problem });
});

export const testSchema = z.strictObject({
  name: nameSchema.optional(),
  host: z.string().optional(),
  allowedHosts: z.array(hostEntry).optional(),
  maxRequests: z.int().positive().optional(),
  maxRequestsPerSecond: z.number().positive().max(1_000_000).optional(),
  traceSample: z.number().min(0).max(1).optional(),
  maxDuration: durationSchema.optional(),
  permissions: z
    .strictObject({
      write: z.union([z.array(z.string().min(1)), z.literal(true)]).optional(),
      childProcess: z.boolean().optional(),
      addons: z.boolean().optional(),
    })
    .optional(),
  cost: z
    .strictObject({ perRequest: z.number().positive(), max: z.number().positive(), currency: nameSchema.optional() })
    .optional(),
  timeout: eitherOf((value) => (typeof value === "object" ? timeouts : timeLimit)).optional(),
  headers: headers.optional(),
  maxRedirects: z.int().nonnegative().optional(),
  reconnect: z.boolean().optional(),
  ...requestSettings,
  ...connectionFields,
  users: z.array(user).nonempty(),
  load: loads.optional(),
  profiles: z.record(nameSchema, profile).optional(),
  targets: targets.optional(),
  thresholds: thresholds.optional(),
  observe: observeSchema.optional(),
  setup: code.optional(),
  teardown: code.optional(),
  onWorkerStart: code.optional(),
  onWorkerStop: code.optional(),
  onRunStart: code.optional(),
  onRunEnd: code.optional(),
});
