import { ConfigurationError } from "../core/errors.ts";
import type { PlannedLoad, PlannedScenario } from "../core/plan/plan-report.ts";
import type { Search } from "../core/plan/search.ts";
import { type Bundle, bundleTest } from "../scenario/bundle/bundle.ts";
import { readEnvironment } from "../scenario/bundle/environment.ts";
import { loadBundle } from "../scenario/bundle/load-bundle.ts";
import { isUrl, urlTest } from "../scenario/bundle/url-test.ts";
import type { TestDefinition, UserDefinition } from "../scenario/definition/define.ts";
import { plannedTasks } from "../scenario/definition/tasks.ts";
import { type LocatedFile, locatedFiles } from "../scenario/files/test-files.ts";
import { allowedHostsOf } from "../scenario/resolve/allowed-hosts.ts";
import { withConnections } from "../scenario/resolve/override-connections.ts";
import { type ResolvedRun, resolveRun } from "../scenario/resolve/resolve.ts";
import type { ResolvedLoad } from "../scenario/resolve/resolve-load.ts";
import { selectTasks } from "../scenario/resolve/tags.ts";
import { Network } from "../worker/http/network/network.ts";
import { parseOrigin } from "../worker/http/own/origin.ts";
import { InvalidRequest } from "../worker/http/request/invalid-request.ts";
import { refuseForeignTest } from "./foreign-test.ts";
import type { LoadOptions } from "./run-options.ts";

export interface LoadedTest {
  readonly bundle: Bundle;
  readonly test: TestDefinition;
  readonly testName: string;
  /** The user classes that the command line names. */
  readonly classNames: readonly string[];
  readonly resolved: ResolvedRun;
  /** The files that the test sends. */
  readonly files: readonly LocatedFile[];
}

/**
 * Bundles, loads and resolves the test that the command line names.
 * @param args the file, or a URL to request, then names of user classes
 */
export async function loadTest(args: readonly string[], options: LoadOptions): Promise<LoadedTest> {
  const [file, ...classNames] = options.file === undefined ? args : [options.file, ...args];
  if (file === undefined) throw new ConfigurationError("no test file; give one, e.g. muster run test.ts");
  if (options.file === undefined && isUrl(file)) {
    const { host, bundle } = urlTest(file);
    return await resolveTest(bundle, classNames, { ...options, host: options.host ?? host });
  }
  await refuseForeignTest(file);
  return await resolveTest(await bundleTest(file), classNames, options);
}

/** Loads and resolves a bundled test. */
export async function resolveTest(
  bundle: Bundle,
  classNames: readonly string[],
  options: LoadOptions,
): Promise<LoadedTest> {
  const { insecure = false, connectTo = {} } = options;
  const loaded = await loadBundle(bundle);
  const allowedHosts = allowedHostsOf({
    test: loaded,
    source: bundle.source,
    environment: readEnvironment(),
    connectTo,
    allowHosts: options.allowHost ?? [],
    host: options.isHostRequested === true ? undefined : options.host,
  });
  const connections = { insecure, connectTo, allowedHosts };
  const test = withConnections(loaded, connections);
  const overrides = {
    connections,
    profile: options.profile,
    host: options.host,
    users: options.users,
    spawnRate: options.spawnRate,
    rate: options.rate,
    maxRequests: options.maxRequests,
    maxRequestsPerSecond: options.maxRequestsPerSecond,
    traceSample: options.traceSample,
    maxDurationMs: options.maxDuration,
    costPerRequest: options.costPerRequest,
    maxCost: options.maxCost,
    runTimeMs: options.runTime,
    targets: options.target,
    classNames: [...classNames],
    equalWeights: options.equalWeights,
    classShares: options.classShares,
    tags: options.tags ?? [],
    excludeTags: options.excludeTags ?? [],
  };
  const asked = resolveRun(test, overrides, bundle.source);
  // A test that imports a package which workers load from their disk may need its native add-on.
  const permissions = { addons: bundle.hasPackages === true, ...asked.permissions };
  const resolved = { ...asked, permissions };
  requireAllowedHost(test, resolved.host);
  const testName = test.name ?? nameOfTest(bundle.fileName);
  const files = locatedFiles(bundle.hash);
  return { files, bundle, test: selectTasks(test, resolved.selection).test, testName, classNames, resolved };
}

/**
 * Checks that a run may send load to its host.
 * @throws ConfigurationError if only the web API requested it, or if it is the address of a metadata service
 */
function requireAllowedHost({ allowedHosts, connectTo }: TestDefinition, host: string): void {
  try {
    const ofTest = {
      ...(allowedHosts === undefined ? {} : { allowedHosts }),
      ...(connectTo === undefined ? {} : { connectTo }),
    };
    Network.usual.with(ofTest).requireAllowed(parseOrigin(host));
  } catch (cause) {
    if (!(cause instanceof InvalidRequest)) throw cause;
    throw new ConfigurationError(cause.message, { cause });
  }
}

/** Returns the name of a test that does not set one: the file name without its extension. */
export function nameOfTest(fileName: string): string {
  return fileName.replace(/(\.(load|test))?\.[cm]?[jt]sx?$/, "");
}

/** Returns the scenarios of a test as plans, classes and tasks, for plan reports. */
export function plannedScenarios({ test, resolved }: Pick<LoadedTest, "test" | "resolved">): PlannedScenario[] {
  return resolved.scenarios.map(({ name, load, classes }) => ({
    name,
    load: plannedLoad(load, resolved.search),
    classes: classes.map((share, position) => ({ ...share, tasks: tasksOf(test.users[position]) })),
  }));
}

function plannedLoad(load: ResolvedLoad, search: Search | null): PlannedLoad {
  if (search?.kind === "arrivals" && load.kind === "open") {
    const { startPerSecond: start, maxPerSecond: max, deadlineMs } = search;
    return {
      kind: "search",
      searched: { unit: "rate", start, max, spawnRate: null, deadlineMs },
      maxUsers: load.maxUsers,
    };
  }
  if (search?.kind === "users") {
    const { startUsers: start, maxUsers: max, spawnRate, deadlineMs } = search;
    return { kind: "search", searched: { unit: "users", start, max, spawnRate, deadlineMs }, maxUsers: max };
  }
  switch (load.kind) {
    case "closed":
      return { kind: "closed", plan: load.plan };
    case "open":
      return { kind: "open", plan: load.plan, maxUsers: load.maxUsers };
    case "iterations": {
      const { users, count, startMs, endMs } = load;
      const iterations = "total" in count ? count.total : count.perUser * users;
      return { kind: "iterations", iterations, plan: { points: [{ atMs: startMs, value: users }], durationMs: endMs } };
    }
    case "shape":
      return { kind: "shape" };
  }
}

function tasksOf(user: UserDefinition | undefined): { name: string; weight: number }[] {
  return user === undefined ? [] : plannedTasks(user);
}
