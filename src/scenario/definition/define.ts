import type { Targets } from "../../core/thresholds/targets.ts";
import type { ThresholdDefinition } from "../../core/thresholds/threshold.ts";
import type { ConnectionOptions } from "../connections/connection.ts";
import type { ObserveDefinitions } from "../observe/sources.ts";
import type { AuthSetting } from "./authentication.ts";
import type { HeaderSettings } from "./header-rules.ts";
import type { RequestTimeouts } from "./http.ts";
import type { Load } from "./load.ts";
import type { Pause } from "./pause.ts";
import type { RequestHooks } from "./request-hooks.ts";
import type { RequestSettings } from "./request-settings.ts";
import type { RunHooks } from "./run-hooks.ts";
import type { TaskList, TaskOrderRules } from "./tasks.ts";
import type { LifecycleContext, VirtualUser } from "./virtual-user.ts";

/** `Known` if the type of the test's `setup` is known, else `Otherwise`. */
type IfNamed<Setup extends object, Known, Otherwise> = [Setup] extends [never]
  ? Otherwise
  : object extends Setup
    ? Otherwise
    : Known;

/** The type of `vu.setup` in a class; a record of unknown values if the class does not name the test's `setup`. */
type Seen<Setup extends object> = IfNamed<Setup, Setup, Record<string, unknown>> & object;

/** The type that a test's `setup` must return for its classes; any type if no class names it. */
type Returned<Setup extends object> = IfNamed<Setup, Setup | Promise<Setup>, unknown>;

/**
 * A class of virtual users. `Setup` is the return type of the test's `setup`, if the class names it; `SeenSetup` is the type
 * of `vu.setup`.
 */
export interface UserDefinition<
  Name extends string = string,
  State extends object = object,
  Setup extends object = object,
  SeenSetup extends object = Seen<Setup>,
> extends RequestSettings,
    ConnectionOptions,
    TaskOrderRules,
    RequestHooks<VirtualUser<State, SeenSetup>> {
  readonly name: Name;
  /** The authentication of requests, in place of the test's `auth`; `null` sends no credentials. */
  readonly auth?: AuthSetting<VirtualUser<State, SeenSetup>> | null;
  /** The same function as the test's `setup`. It gives `vu.setup` its type, and is still called only once per run. */
  setup?(context: LifecycleContext): Setup | Promise<Setup>;
  /**
   * The weight of the class among the classes of the test; default 1. A class of weight 0 runs only in profiles that name
   * it.
   */
  readonly weight?: number;
  /**
   * The exact number of users of this class. They are assigned before the users of weighted classes (Locust's `fixed_count`).
   */
  readonly fixedCount?: number;
  /** Tags of all tasks of the class, for `--tags` and `--exclude-tags`. */
  readonly tags?: readonly string[];
  /** The pause between two iterations (Locust's `wait_time`); default: none. */
  readonly pause?: Pause;
  /** Headers of every request of the class. They override the test's headers; `null` removes a header of the test. */
  readonly headers?: HeaderSettings;
  /** Returns the initial state of a new user. */
  state?(): State;
  onStart?(vu: VirtualUser<State, SeenSetup>): unknown;
  readonly tasks: TaskList<State, SeenSetup>;
  onStop?(vu: VirtualUser<State, SeenSetup>): unknown;
}

/** The weight, or the fixed number of users, of one class in a profile. */
export type ClassShareDefinition = number | { readonly fixedCount: number };

/** One of several loads that run in parallel. */
export interface ScenarioDefinition<Name extends string = string> {
  readonly load: Load;
  /** The classes that run in this scenario, and their weights; default: those of the profile. */
  readonly users?: Readonly<Partial<Record<Name, ClassShareDefinition>>>;
  /** The time from the start of the run to the start of the scenario (k6's `startTime`); default "0s". */
  readonly startAfter?: string;
}

/** One load, or several scenarios by name. */
export type LoadDefinition<Name extends string = string> = Load | Readonly<Record<string, ScenarioDefinition<Name>>>;

export interface ProfileDefinition<Name extends string = string> {
  readonly load: LoadDefinition<Name>;
  /** The classes that run in this profile, and their weights; default: all classes with their own weights. */
  readonly users?: Readonly<Partial<Record<Name, ClassShareDefinition>>>;
  /** Replaces the pause of every class. */
  readonly pause?: Pause;
  /** Targets of the profile; each overrides the test's target of the same name. */
  readonly targets?: Targets;
  readonly thresholds?: ThresholdDefinitions;
  /**
   * Whether the run fails if the service drifts (slows down or loses throughput over hours); default: true in the profile
   * "soak".
   */
  readonly drift?: boolean | DriftDefinition;
}

export interface DriftDefinition {
  /** Whether the run ends as soon as a drift is found; default false. */
  readonly abort?: boolean;
  /** The minimum warm-up time of the service, in which drift is not judged; default "2m". */
  readonly warmUp?: string;
}

/**
 * Threshold expressions, as in k6, by metric with an optional selector: `{ "response_time{name:/jobs}": ["p(99)<1000"] }`.
 * An expression can have options: `{ threshold: "rate<0.5", abortOnFail: true, delayAbortEval: "10s" }`.
 */
export type ThresholdDefinitions = Readonly<
  Record<string, string | ThresholdDefinition | readonly (string | ThresholdDefinition)[]>
>;

/** The permissions of test code in the workers of `muster run`. Each one allows an action that is forbidden otherwise. */
export interface TestPermissions {
  /** The files and folders that the test may write to, relative to the working directory; true for all. Default: none. */
  readonly write?: readonly string[] | true;
  /** Whether the test may start processes, which themselves have no restrictions; default false. */
  readonly childProcess?: boolean;
  /**
   * Whether the test may load native add-ons, which themselves have no restrictions. Default: true only if the test imports
   * packages that muster leaves out of the bundle, such as packages with native add-ons.
   */
  readonly addons?: boolean;
}

/** The cost of a request, and the budget for all requests: `{ perRequest: 0.0000035, max: 5, currency: "USD" }`. */
export interface CostDefinition {
  readonly perRequest: number;
  readonly max: number;
  /** The currency, which is shown after amounts; nothing is converted. */
  readonly currency?: string;
}

/** A test. The argument `vu` of its request hooks is null for requests of `setup` and `teardown`. */
export interface TestDefinition<Name extends string = string, Setup extends object = object>
  extends RequestSettings,
    ConnectionOptions,
    RequestHooks<VirtualUser | null>,
    RunHooks {
  /** The name of the test; default: the name of its file. */
  readonly name?: string;
  /** The base URL, e.g. "https://api.example.com/prod"; `--host` overrides it. */
  readonly host?: string;
  /**
   * The hosts that the test may load besides `host`, wherever a URL comes from: "auth.example.com", "*.example.com",
   * "10.0.0.0/8", "api.example.com:8443"; "*" for all except metadata addresses. Default: the hosts that the test names in
   * its text and its variables and, if `host` is on this machine or in a private network, this machine and all private
   * networks.
   */
  readonly allowedHosts?: readonly string[];
  /** The maximum number of HTTP requests of the users of all workers together; then the load ends. */
  readonly maxRequests?: number;
  /** The maximum number of HTTP requests in any second, of the users of all workers together; further requests wait. */
  readonly maxRequestsPerSecond?: number;
  /**
   * The share of the users' requests whose traces the service should record, 0 to 1. Above 0, each request has a header
   * `traceparent` (W3C Trace Context), which says whether to record its trace. Default 0: no request has this header.
   */
  readonly traceSample?: number;
  /** The maximum duration of the load, however long its plan is, e.g. "30m"; then the load ends. */
  readonly maxDuration?: string;
  /** A budget for the HTTP requests of the users of all workers: the load ends before the request that would exceed it. */
  readonly cost?: CostDefinition;
  /**
   * The permissions of the test's code in the workers of `muster run`: to write files, start processes, load native add-ons.
   */
  readonly permissions?: TestPermissions;
  /** The timeout of requests that set none: a total time, or limits on the phases of a request. */
  readonly timeout?: string | RequestTimeouts;
  /** Headers of every request, also in `setup` and `teardown`. */
  readonly headers?: HeaderSettings;
  /** The number of redirects to follow per request, unless the request sets it; default 0. */
  readonly maxRedirects?: number;
  /** The authentication of requests, also in `setup` and `teardown`, where a function is called with null. */
  readonly auth?: AuthSetting<VirtualUser | null> | null;
  /**
   * Whether an idempotent request is retried once, on a new connection, if its reused connection was closed before the first
   * byte of the response (RFC 9110, 9.2.2); default true. Retries are counted as `reconnects`.
   */
  readonly reconnect?: boolean;
  readonly users: readonly UserDefinition<Name, object, Setup, object>[];
  /** The load of a run without a profile. */
  readonly load?: LoadDefinition<Name>;
  readonly profiles?: Readonly<Record<string, ProfileDefinition<Name>>>;
  readonly targets?: Targets;
  readonly thresholds?: ThresholdDefinitions;
  /**
   * The metrics that the master reads from the service while the load runs, by name: each is a source, such as
   * `queue: prometheus({ url, metric })`, or a function. Thresholds use the values as `observed{name:queue}`.
   */
  readonly observe?: ObserveDefinitions;
  /**
   * Runs once per run, on one worker, before the first user starts. Every user gets the returned value (JSON) as `vu.setup`.
   */
  setup?(context: LifecycleContext): Returned<NoInfer<Setup>>;
  /** Runs once per run, on one worker, after the last user has stopped; also after an abort. */
  teardown?(context: LifecycleContext): unknown;
}

/** Defines a class of virtual users and checks its types. */
export function defineUser<
  const Name extends string,
  State extends object = Record<string, unknown>,
  Setup extends object = never,
>(definition: UserDefinition<Name, State, Setup>): UserDefinition<Name, State, Setup> {
  return definition;
}

/** Defines a test and checks its types. A test file has it as its default export. It is validated when the file is loaded. */
export function defineTest<const Name extends string, Setup extends object = object>(
  definition: TestDefinition<Name, Setup>,
): TestDefinition<Name, Setup> {
  return definition;
}
