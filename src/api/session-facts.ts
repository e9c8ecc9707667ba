import { MusterError } from "../core/errors.ts";
import { type Plan, rampEndMs } from "../core/plan/plan.ts";
import { scenarioReport } from "../core/plan/plan-report.ts";
import type { Search } from "../core/plan/search.ts";
import { peak } from "../core/population/population.ts";
import { describeCondition } from "../core/thresholds/describe.ts";
import { type LoadedTest, plannedScenarios, resolveTest } from "../runner/load-test.ts";
import { factsOf } from "../runner/run-facts.ts";
import type { LoadOptions, RunOptions } from "../runner/run-options.ts";
import { shownHostText } from "../scenario/definition/host.ts";
import { type ResolvedRun, unnamed } from "../scenario/resolve/resolve.ts";
import type { ResolvedLoad } from "../scenario/resolve/resolve-load.ts";
import { defaultStallMs } from "../stats/health-sample.ts";
import type { PlanPreview, ProfileFacts, StartForm, TestFacts } from "./contract/session.ts";

/** A placeholder for the host if neither the test nor the command line gives one, so that the rest can be resolved. */
const anyHost = "http://127.0.0.1";

/** The test that the start form offers. Converts a form to the options of a run. */
export class OfferedTest {
  readonly #options: RunOptions;
  #facts: TestFacts;

  private constructor(options: RunOptions, facts: TestFacts) {
    this.#options = options;
    this.#facts = facts;
  }

  /** Loads the facts of a test. @throws MusterError if one of its profiles cannot be resolved */
  static async of(test: LoadedTest, options: RunOptions): Promise<OfferedTest> {
    return new OfferedTest(options, await testFacts(test, options));
  }

  get facts(): TestFacts {
    return this.#facts;
  }

  /** Replaces the test after a change of its file. @throws MusterError if one of its profiles cannot be resolved; then nothing changes */
  async replace(test: LoadedTest): Promise<void> {
    this.#facts = await testFacts(test, this.#options);
  }

  /** Returns the options of a run that `form` starts. */
  optionsOf(form: StartForm): RunOptions {
    return optionsOf(form, this.#facts, this.#options);
  }
}

/** Returns the profiles of the test, with the options of the command line applied. */
export async function testFacts(
  { bundle, test, testName, classNames }: LoadedTest,
  options: LoadOptions,
): Promise<TestFacts> {
  const host = options.host ?? test.host;
  const named = Object.keys(test.profiles ?? {});
  const asked = [...(test.load === undefined && named.length > 0 ? [] : [unnamed]), ...named];
  const profiles: ProfileFacts[] = [];
  for (const name of asked) {
    const profile = name === unnamed && !named.includes(name) ? {} : { profile: name };
    const { profile: _, ...others } = { host: anyHost, ...options };
    const resolved = await resolveTest(bundle, classNames, { ...others, ...profile }).catch((error: unknown) => {
      // The options of the command line may be valid for the profile that it names, but not for this one.
      if (error instanceof MusterError) return resolveTest(bundle, classNames, { host: anyHost, ...profile });
      throw error;
    });
    profiles.push({ ...profileFacts(resolved.resolved), name });
  }
  const shown = host === undefined ? null : shownHostText(host);
  return { test: testName, host: shown, profile: options.profile ?? asked[0] ?? unnamed, profiles };
}

/** Returns the options of the command line, overridden by the fields of the form. */
export function optionsOf(form: StartForm, facts: TestFacts, options: RunOptions): RunOptions {
  const { users, spawnRate, ratePerSecond: rate, durationMs: runTime, host, classes: classShares } = form;
  const { profile: before, ...others } = options;
  const name = form.profile ?? before;
  const isUnnamed = name === unnamed && facts.profiles[0]?.name === unnamed;
  // The page shows the host without its user and password; a host that was not edited keeps them.
  const givenHost = host === facts.host ? undefined : host;
  const profile = isUnnamed ? undefined : name;
  // A visitor who may start runs is not the user who started this process: a host from the page is not allowed automatically.
  const isHostRequested = givenHost === undefined ? undefined : true;
  const given = { users, spawnRate, rate, runTime, host: givenHost, classShares, profile };
  const said = Object.fromEntries(
    Object.entries({ ...given, isHostRequested }).filter(([, value]) => value !== undefined),
  );
  return { ...others, ...said };
}

/** Returns the plan of a run of this test. */
export function previewOf(loaded: LoadedTest): PlanPreview {
  const { resolved } = loaded;
  const { search } = resolved;
  const scenarios = plannedScenarios(loaded);
  const reports = scenarios.map((scenario) => scenarioReport(scenario, 1));
  const isShape = scenarios.some(({ load }) => load.kind === "shape");
  const rates = reports.flatMap(({ peakRatePerSecond }) => peakRatePerSecond ?? []);
  const { plan, classes } = factsOf(
    loaded,
    { seed: 0, onWorkerStrain: "invalid", onWorkerLoss: "rebalance", stallLimitMs: defaultStallMs },
    null,
  );
  return {
    profile: resolved.profile,
    host: resolved.host,
    durationMs: search?.deadlineMs ?? finiteOrNull(resolved.durationMs),
    peakUsers: isShape || plan.users === null ? null : Math.max(...plan.users),
    peakRatePerSecond: rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0),
    plan,
    classes,
    thresholds: (search?.targets ?? resolved.thresholds).map(describeCondition),
    search: search === null ? null : describeSearch(search),
  };
}

function describeSearch(search: Search): string {
  return search.kind === "arrivals"
    ? `from ${search.startPerSecond}/s up to ${search.maxPerSecond}/s`
    : `from ${search.startUsers} up to ${search.maxUsers} users${search.spawnRate === null ? "" : `, spawned at ${search.spawnRate}/s`}`;
}

function profileFacts({ profile, scenarios, durationMs }: ResolvedRun): ProfileFacts {
  const [scenario, ...others] = scenarios;
  const load = others.length > 0 ? undefined : scenario?.load;
  return {
    name: profile,
    kind: load?.kind ?? "several",
    users: load === undefined ? null : usersOf(load),
    spawnRate: load?.kind === "closed" ? spawnRateOf(load.plan) : null,
    ratePerSecond: load?.kind === "open" ? Math.max(...load.plan.points.map(({ value }) => value)) : null,
    durationMs: finiteOrNull(durationMs),
    classes: (scenario?.classes ?? []).map(({ name, weight, fixedCount = null }) => ({ name, weight, fixedCount })),
  };
}

function usersOf(load: ResolvedLoad): number | null {
  switch (load.kind) {
    case "closed":
      return peak(load.plan);
    case "iterations":
      return load.users;
    case "open":
    case "shape":
      return null;
  }
}

/** Returns the users per second of a plan that rises once from 0 and then does not change; null for any other plan. */
function spawnRateOf({ points, durationMs }: Plan): number | null {
  const [start, full] = points;
  const isOneRise = points.length === 2 && start?.value === 0 && full !== undefined;
  const endMs = rampEndMs({ points, durationMs });
  return isOneRise && endMs > 0 ? Math.round((full.value / full.atMs) * 1e6) / 1e3 : null;
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
