import { parseDuration } from "../../core/duration.ts";
import { ConfigurationError } from "../../core/errors.ts";
import type { Search } from "../../core/plan/search.ts";
import { declaredMetric } from "../../core/thresholds/metrics.ts";
import { requirePossible } from "../../core/thresholds/possible-selector.ts";
import { type Targets, targetsToThresholds } from "../../core/thresholds/targets.ts";
import { parseThresholds, type Threshold } from "../../core/thresholds/threshold.ts";
import type { CapacityLoad } from "../definition/capacity-load.ts";
import type { LoadDefinition, ProfileDefinition, ScenarioDefinition, TestDefinition } from "../definition/define.ts";
import { parseHost, shownHost } from "../definition/host.ts";
import type { Load } from "../definition/load.ts";
import { declaredMetrics } from "../definition/own-metrics.ts";
import type { SpikeLoad } from "../definition/spike-load.ts";
import { withPeak } from "./override-peak.ts";
import { type ClassOverrides, type ResolvedClass, resolveClasses, unknownName } from "./resolve-classes.ts";
import { type ResolvedDrift, resolveDrift } from "./resolve-drift.ts";
import { delayed, endOf, type LoadOverrides, lastRampEndOf, type ResolvedLoad, resolveLoad } from "./resolve-load.ts";
import { resolveSearch, searchedLoad } from "./resolve-search.ts";
import { type ResolvedSpike, resolveSpike, stagedSpike } from "./resolve-spike.ts";
import { selectTasks, type TagSelection } from "./tags.ts";
import { TestCode } from "./test-code.ts";

/** What the command line says over the test file. */
export interface RunOverrides extends LoadOverrides, Omit<ClassOverrides, "leftOut">, Partial<TagSelection> {
  readonly profile?: string | undefined;
  readonly host?: string | undefined;
  readonly targets?: Targets | undefined;
}

export interface ResolvedScenario {
  readonly name: string;
  readonly load: ResolvedLoad;
  /** In the order of the test file; the position is the class's number. */
  readonly classes: readonly ResolvedClass[];
}

/** One run, decided: nothing in it is left to a default. */
export interface ResolvedRun {
  readonly profile: string;
  /** The base URL, to show and to store: normalized, and without the user and the password that it may have. */
  readonly host: string;
  /** The base URL as it was given, for the workers only: it may have a user and a password. */
  readonly requestHost: string;
  readonly scenarios: readonly ResolvedScenario[];
  /** When the last scenario ends, in ms; Infinity when a shape function decides. */
  readonly durationMs: number;
  readonly thresholds: readonly Threshold[];
  /** When the load spikes, and how that is judged; null when it does not. */
  readonly spike: ResolvedSpike | null;
  /** How the run is judged for drift; null when it is not. */
  readonly drift: ResolvedDrift | null;
  /** What the load is a search for; null when it is none. */
  readonly search: Search | null;
  /** Which tasks run. */
  readonly selection: TagSelection;
}

/** The name of a profile, or of a scenario, when a test gives none. */
export const unnamed = "default";

/**
 * Lays the command line over the profile over the test.
 * @param bundleSource the code of the test, to know which names it might make up
 * @throws ConfigurationError naming what is unknown or missing, with the nearest valid name.
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
  requireAllPossible(thresholds, test, bundleSource, overrides.host ?? test.host);
  const search = isSearch(profile.load)
    ? resolveSearch(profile.load, { targets, thresholds, overrides: overrides.targets }, overrides.runTimeMs)
    : null;
  return {
    profile: name,
    ...resolveHost(overrides.host ?? test.host),
    scenarios,
    durationMs,
    // What a search breaks on purpose, it must not be held against.
    thresholds: search !== null ? [] : [...targetsToThresholds({ ...targets, ...overrides.targets }), ...thresholds],
    search,
    spike: isSpike(profile.load) ? resolveSpike(profile.load) : null,
    selection,
    drift: resolveDrift(name, profile, !isSpike(profile.load) && search === null, lastRampEndOf(loads)),
  };
}

/** Names of all profiles count: the same thresholds may be those of several. */
function requireAllPossible(
  thresholds: readonly Threshold[],
  test: TestDefinition,
  bundleSource: string,
  host: string | undefined,
): void {
  const narrowed = thresholds.filter(({ selector }) => selector.conditions.length > 0);
  if (narrowed.length === 0) return;
  const code = new TestCode(bundleSource, test);
  const loads = [test.load, ...Object.values(test.profiles ?? {}).map((one) => one.load)];
  const scenarios = loads.flatMap((load) => (load === undefined ? [] : scenariosOf(load).map(([name]) => name)));
  const names = {
    classes: test.users.map((user) => user.name),
    scenarios: [...new Set(scenarios.length === 0 ? [unnamed] : scenarios)],
    tasks: [...new Set(test.users.flatMap(({ tasks }) => Object.keys(tasks)))],
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

/** Spikes and searches are made of other loads; `isAlone` unless it is a scenario by name. */
function resolveOne(load: Load, overrides: LoadOverrides, isAlone: boolean): ResolvedLoad {
  if (!isSpike(load) && !isSearch(load)) return resolveLoad(load, overrides);
  const what = isSpike(load) ? "a spike" : "findCapacity";
  if (!isAlone) throw new ConfigurationError(`${what} is a load of its own, not one of several scenarios`);
  // They have what the command line says already.
  return isSpike(load) ? resolveLoad(stagedSpike(load), { runTimeMs: overrides.runTimeMs }) : searchedLoad(load);
}

/** A single load is one unnamed scenario. */
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
