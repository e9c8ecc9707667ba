import { parseDuration } from "../../core/duration.ts";
import { ConfigurationError } from "../../core/errors.ts";
import type { Cost } from "../../core/plan/cost.ts";
import type { Search } from "../../core/plan/search.ts";
import { declaredMetric, observedMetric } from "../../core/thresholds/metrics.ts";
import { requirePossible } from "../../core/thresholds/possible-selector.ts";
import { type Targets, targetsToThresholds } from "../../core/thresholds/targets.ts";
import { parseThresholds, type Threshold } from "../../core/thresholds/threshold.ts";
import type { CapacityLoad } from "../definition/capacity-load.ts";
import type {
  LoadDefinition,
  ProfileDefinition,
  ScenarioDefinition,
  TestDefinition,
  TestPermissions,
} from "../definition/define.ts";
import { parseHost, shownHost } from "../definition/host.ts";
import type { Load } from "../definition/load.ts";
import { declaredMetrics } from "../definition/own-metrics.ts";
import type { SpikeLoad } from "../definition/spike-load.ts";
import { classTasks } from "../definition/tasks.ts";
import { type ResolvedSource, requireObserved, resolveObserve } from "../observe/resolve-observe.ts";
import type { ConnectionOverrides } from "./override-connections.ts";
import { withPeak } from "./override-peak.ts";
import { resolveCost, resolveMaxDuration } from "./resolve-budget.ts";
import { type ClassOverrides, type ResolvedClass, resolveClasses, unknownName } from "./resolve-classes.ts";
import { type ResolvedDrift, resolveDrift } from "./resolve-drift.ts";
import { delayed, endOf, type LoadOverrides, lastRampEndOf, type ResolvedLoad, resolveLoad } from "./resolve-load.ts";
import { resolveSearch, searchedLoad } from "./resolve-search.ts";
import { type ResolvedSpike, resolveSpike, stagedSpike } from "./resolve-spike.ts";
import { selectTasks, type TagSelection } from "./tags.ts";
import { TestCode } from "./test-code.ts";

/** Options of the command line that override the test file. */
export interface RunOverrides extends LoadOverrides, Omit<ClassOverrides, "leftOut">, Partial<TagSelection> {
  readonly profile?: string | undefined;
  readonly host?: string | undefined;
  readonly targets?: Targets | undefined;
  readonly maxRequests?: number | undefined;
  readonly maxRequestsPerSecond?: number | undefined;
  readonly traceSample?: number | undefined;
  readonly maxDurationMs?: number | undefined;
  readonly costPerRequest?: number | undefined;
  readonly maxCost?: number | undefined;
  readonly connections?: ConnectionOverrides;
}

export interface ResolvedScenario {
  readonly name: string;
  readonly load: ResolvedLoad;
  /** The shares of the classes in the order of the test file; the position is the number of the class. */
  readonly classes: readonly ResolvedClass[];
}

/** One run with everything resolved: no value is left to a default. */
export interface ResolvedRun {
  readonly profile: string;
  /** The base URL for people and for the store: normalized, without user and password. */
  readonly host: string;
  /** The base URL as given, for workers only: it may contain a user and a password. */
  readonly requestHost: string;
  /** The settings of the command line for connections. */
  readonly connections: ConnectionOverrides;
  /** The limits of the requests of all users; null for none. */
  readonly maxRequests: number | null;
  readonly maxRequestsPerSecond: number | null;
  /** The share of requests whose `traceparent` says that they are sampled; 0: requests have none. */
  readonly traceSample: number;
  /** The budget for requests; null for none. */
  readonly cost: Cost | null;
  /** The maximum duration of the load, however long its plan is; null for no limit. */
  readonly maxDurationMs: number | null;
  /** The permissions of the test's code in workers of this machine. */
  readonly permissions: TestPermissions;
  readonly scenarios: readonly ResolvedScenario[];
  /** The end of the last scenario, in ms; Infinity if a shape function decides. */
  readonly durationMs: number;
  readonly thresholds: readonly Threshold[];
  /** The spikes of the load and how they are judged; null without spikes. */
  readonly spike: ResolvedSpike | null;
  /** The settings of the drift verdict; null without one. */
  readonly drift: ResolvedDrift | null;
  /** The capacity search; null for any other load. */
  readonly search: Search | null;
  /** The sources of observed metrics, in the order of the test. */
  readonly observe: readonly ResolvedSource[];
  /** The tags that select tasks. */
  readonly selection: TagSelection;
}

/** The name of the profile or scenario of a test that names none. */
export const unnamed = "default";

/**
 * Resolves a run: the command line overrides the profile, which overrides the test.
 * @param bundleSource the code of the test, to check the names in thresholds against
 * @throws ConfigurationError if something is unknown or missing; the message has the nearest valid name
 */
export function resolveRun(test: TestDefinition, overrides: RunOverrides, bundleSource = ""): ResolvedRun {
  const { name, profile: chosen } = chooseProfile(test, overrides.profile);
  const changesItself = isSearch(chosen.load) || isSpike(chosen.load);
  const profile = changesItself ? { ...chosen, load: withPeak(chosen.load, overrides) } : chosen;
  const selection = { tags: overrides.tags ?? [], excludeTags: overrides.excludeTags ?? [] };
  const { leftOut } = selectTasks(test, selection);
  const scenarios = resolveScenarios(test, profile, { ...overrides, leftOut });
  const loads = scenarios.map((scenario) => scenario.load);
  const durationMs = Math.max(...loads.map(endOf));
  const targets = { ...test.targets, ...profile.targets };
  const thresholds = parseThresholds(
    { ...test.thresholds, ...profile.thresholds },
    { rampEndMs: lastRampEndOf(loads), durationMs },
    declaredMetrics().map(declaredMetric),
  );
  const observe = resolveObserve(test.observe);
  requireObserved(thresholds, observe);
  requireAllPossible(thresholds, test, bundleSource, overrides.host ?? test.host);
  const search = isSearch(profile.load)
    ? resolveSearch(profile.load, { targets, thresholds, overrides: overrides.targets }, overrides.runTimeMs)
    : null;
  return {
    profile: name,
    ...resolveHost(overrides.host ?? test.host),
    connections: overrides.connections ?? { insecure: false, connectTo: {}, allowedHosts: [] },
    maxRequests: overrides.maxRequests ?? test.maxRequests ?? null,
    maxRequestsPerSecond: overrides.maxRequestsPerSecond ?? test.maxRequestsPerSecond ?? null,
    traceSample: overrides.traceSample ?? test.traceSample ?? 0,
    cost: resolveCost(test.cost, overrides),
    maxDurationMs: resolveMaxDuration(test.maxDuration, overrides.maxDurationMs),
    permissions: test.permissions ?? {},
    scenarios,
    durationMs,
    // A search exceeds the limits on purpose: its targets are judged per trial only.
    thresholds: search !== null ? [] : [...targetsToThresholds({ ...targets, ...overrides.targets }), ...thresholds],
    search,
    observe,
    spike: isSpike(profile.load) ? resolveSpike(profile.load, durationMs) : null,
    selection,
    drift: resolveDrift(name, profile, !isSpike(profile.load) && search === null, lastRampEndOf(loads), durationMs),
  };
}

/**
 * Requires that the conditions of thresholds are possible. The names in all profiles are valid, because several profiles can
 * share thresholds.
 */
function requireAllPossible(
  thresholds: readonly Threshold[],
  test: TestDefinition,
  bundleSource: string,
  host: string | undefined,
): void {
  const narrowed = thresholds.filter(
    ({ selector }) => selector.conditions.length > 0 && selector.metric.name !== observedMetric,
  );
  if (narrowed.length === 0) return;
  const code = new TestCode(bundleSource, test);
  const loads = [test.load, ...Object.values(test.profiles ?? {}).map((one) => one.load)];
  const scenarios = loads.flatMap((load) => (load === undefined ? [] : scenariosOf(load).map(([name]) => name)));
  const names = {
    classes: test.users.map((user) => user.name),
    scenarios: [...new Set(scenarios.length === 0 ? [unnamed] : scenarios)],
    tasks: [...new Set(test.users.flatMap((user) => classTasks(user).map(({ name }) => name)))],
    origin: URL.parse(host ?? "")?.origin ?? null,
    givenTags: code.givenTags(),
    mayGiveTag: (name: string) => code.mayGiveTag(name),
    mentions: (text: string) => code.mentions(text),
  };
  for (const threshold of narrowed) requirePossible(threshold, names);
}

function chooseProfile(test: TestDefinition, asked: string | undefined): { name: string; profile: ProfileDefinition } {
  const profiles = test.profiles ?? {};
  const names = Object.keys(profiles);
  if (asked !== undefined) {
    const profile = Object.hasOwn(profiles, asked) ? profiles[asked] : undefined;
    if (profile === undefined) throw unknownName("profile", asked, names);
    return { name: asked, profile };
  }
  if (test.load !== undefined) return { name: unnamed, profile: { load: test.load } };
  const first = names[0];
  const profile = first === undefined ? undefined : profiles[first];
  if (first !== undefined && profile !== undefined) return { name: first, profile };
  return { name: unnamed, profile: { load: { kind: "closed", users: 1, spawnRate: 1, duration: "1m" } } };
}

function resolveScenarios(
  test: TestDefinition,
  profile: ProfileDefinition,
  overrides: RunOverrides & ClassOverrides,
): ResolvedScenario[] {
  const definitions = scenariosOf(profile.load);
  const { users, spawnRate, rate, runTimeMs } = overrides;
  if (definitions.length > 1 && (users ?? spawnRate ?? rate) !== undefined) {
    const names = definitions.map(([name]) => name).join(", ");
    throw new ConfigurationError(`--users, --spawn-rate and --rate do not say which scenario they are for: ${names}`);
  }
  return definitions.map(([name, definition]) => {
    const startMs = parseDuration(definition.startAfter ?? "0s");
    const leftMs = runTimeMs === undefined ? undefined : runTimeMs - startMs;
    if (runTimeMs === 0) throw new ConfigurationError("--run-time must be longer than 0s");
    if (leftMs !== undefined && leftMs <= 0) {
      throw new ConfigurationError(
        `--run-time ends before scenario ${name} begins (startAfter ${definition.startAfter})`,
      );
    }
    const load = resolveOne(definition.load, { users, spawnRate, rate, runTimeMs: leftMs }, isLoad(profile.load));
    const classes = resolveClasses(test, definition.users ?? profile.users, overrides);
    const fixed = classes.find((share) => share.fixedCount !== undefined);
    if (load.kind === "open" && fixed !== undefined) {
      throw new ConfigurationError(
        `an open load has no fixed users: give class ${fixed.name} a weight, not a fixedCount`,
      );
    }
    return { name, load: delayed(load, startMs), classes };
  });
}

function isSpike(load: LoadDefinition): load is SpikeLoad {
  return load.kind === "spike" || load.kind === "spike-users";
}

function isSearch(load: LoadDefinition): load is CapacityLoad {
  return load.kind === "capacity" || load.kind === "capacity-users";
}

/** Resolves one load. Spikes and searches are composed of other loads. @param isAlone false for a named scenario */
function resolveOne(load: Load, overrides: LoadOverrides, isAlone: boolean): ResolvedLoad {
  if (!isSpike(load) && !isSearch(load)) return resolveLoad(load, overrides);
  const what = isSpike(load) ? "a spike" : "findCapacity";
  if (!isAlone) throw new ConfigurationError(`${what} cannot be one of several scenarios`);
  // The overrides of the command line are already in these loads.
  return isSpike(load) ? resolveLoad(stagedSpike(load), { runTimeMs: overrides.runTimeMs }) : searchedLoad(load);
}

/** Returns the scenarios of a profile; a single load is one unnamed scenario. */
function scenariosOf(load: LoadDefinition): [name: string, definition: ScenarioDefinition][] {
  if (isLoad(load)) return [[unnamed, { load }]];
  return Object.entries(load);
}

function isLoad(load: LoadDefinition): load is Load {
  return typeof load.kind === "string";
}

function resolveHost(text: string | undefined): Pick<ResolvedRun, "host" | "requestHost"> {
  if (text === undefined || text === "") {
    throw new ConfigurationError('no host: give --host, or `host` in the test file, e.g. "http://127.0.0.1:8000"');
  }
  return { host: shownHost(parseHost(text)), requestHost: text };
}
