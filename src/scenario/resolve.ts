import type { ClassShare } from "../core/class-sequence.ts";
import { parseDuration } from "../core/duration.ts";
import { ConfigurationError } from "../core/errors.ts";
import { nearestName } from "../core/nearest.ts";
import { constantUsersPlan, type Plan, stagesPlan, truncated } from "../core/plan.ts";
import { type Targets, targetsToThresholds } from "../core/thresholds/targets.ts";
import { parseThresholds, type Threshold } from "../core/thresholds/threshold.ts";
import type { ClassShareDefinition, ProfileDefinition, TestDefinition, UserDefinition } from "./define.ts";
import type { Load } from "./load.ts";

/** What the command line says over the test file. */
export interface RunOverrides {
  readonly profile?: string | undefined;
  readonly host?: string | undefined;
  readonly users?: number | undefined;
  /** Users per second. */
  readonly spawnRate?: number | undefined;
  readonly runTimeMs?: number | undefined;
  readonly targets?: Targets | undefined;
  /** Only these classes, by name; a class of weight 0 that is named counts with weight 1. */
  readonly classNames?: readonly string[] | undefined;
}

export interface ResolvedClass extends ClassShare {
  readonly name: string;
}

/** One run, decided: nothing in it is left to a default. */
export interface ResolvedRun {
  readonly profile: string;
  readonly host: string;
  readonly plan: Plan;
  /** In the order of the test file; the position is the class's number. */
  readonly classes: readonly ResolvedClass[];
  readonly thresholds: readonly Threshold[];
}

/** The profile's name when a test has none. */
const unnamed = "default";

/**
 * Lays the command line over the profile over the test.
 * @throws ConfigurationError naming what is unknown or missing, with the nearest valid name.
 */
export function resolveRun(test: TestDefinition, overrides: RunOverrides): ResolvedRun {
  const { name, profile } = chooseProfile(test, overrides.profile);
  const thresholds = [
    ...targetsToThresholds({ ...test.targets, ...profile.targets, ...overrides.targets }),
    ...parseThresholds({ ...test.thresholds, ...profile.thresholds }),
  ];
  return {
    profile: name,
    host: resolveHost(overrides.host ?? test.host),
    plan: resolvePlan(profile.load, overrides),
    classes: resolveClasses(test, profile, overrides.classNames),
    thresholds,
  };
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

function resolvePlan(load: Load, overrides: RunOverrides): Plan {
  const { users, spawnRate, runTimeMs } = overrides;
  if (load.kind === "closed" || users !== undefined || spawnRate !== undefined) {
    const base = load.kind === "closed" ? load : null;
    const written = base === null ? stagesOf(load).durationMs : parseDuration(base.duration);
    const asked = users ?? base?.users;
    if (asked === undefined) {
      throw new ConfigurationError("--spawn-rate needs --users here: the profile's load is given in stages");
    }
    return constantUsersPlan({
      users: asked,
      spawnRatePerSecond: spawnRate ?? base?.spawnRate ?? 1,
      durationMs: runTimeMs ?? written,
    });
  }
  const plan = stagesOf(load);
  return runTimeMs === undefined ? plan : truncated(plan, runTimeMs);
}

function stagesOf(load: Load): Plan {
  if (load.kind !== "closed-stages") throw new TypeError("not a staged load");
  const stages = load.stages.map((stage) => ({ durationMs: parseDuration(stage.duration), target: stage.target }));
  return stagesPlan({ stages, start: load.startUsers });
}

function resolveHost(host: string | undefined): string {
  if (host === undefined || host === "") {
    throw new ConfigurationError('no host: give --host, or `host` in the test file, e.g. "http://127.0.0.1:8000"');
  }
  const url = URL.canParse(host) ? new URL(host) : null;
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new ConfigurationError(`host "${host}" is not an http:// or https:// URL, e.g. "http://127.0.0.1:8000"`);
  }
  return host.replace(/\/+$/, "");
}

function resolveClasses(
  test: TestDefinition,
  profile: ProfileDefinition,
  only: readonly string[] | undefined,
): ResolvedClass[] {
  const known = test.users.map((user) => user.name);
  const twice = known.find((name, position) => known.indexOf(name) !== position);
  if (twice !== undefined) throw new ConfigurationError(`two user classes are named ${twice}`);
  const asked = only !== undefined && only.length > 0 ? only : null;
  for (const name of [...(asked ?? []), ...Object.keys(profile.users ?? {})]) {
    if (!known.includes(name)) throw unknownName("user class", name, known);
  }
  return test.users.map((user) => {
    if (asked !== null && !asked.includes(user.name)) return { name: user.name, weight: 0 };
    const share = shareOf(user, profile);
    if (asked !== null && share.weight === 0 && share.fixedCount === undefined) return { name: user.name, weight: 1 };
    return { name: user.name, ...share };
  });
}

/** The profile's word on a class, else the class's own; a profile that names classes leaves the others out. */
function shareOf(user: UserDefinition, profile: ProfileDefinition): ClassShare {
  if (profile.users === undefined) {
    return user.fixedCount === undefined ? { weight: user.weight ?? 1 } : { weight: 0, fixedCount: user.fixedCount };
  }
  const share = (profile.users as Readonly<Record<string, ClassShareDefinition>>)[user.name] ?? 0;
  return typeof share === "number" ? { weight: share } : { weight: 0, fixedCount: share.fixedCount };
}

function unknownName(what: string, name: string, known: readonly string[]): ConfigurationError {
  const near = nearestName(name, known);
  const hint =
    near === undefined
      ? known.length === 0
        ? "the test has none"
        : `valid: ${known.join(", ")}`
      : `did you mean ${near}?`;
  return new ConfigurationError(`unknown ${what} "${name}"; ${hint}`);
}
