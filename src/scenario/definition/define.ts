import type { Targets } from "../../core/thresholds/targets.ts";
import type { ThresholdDefinition } from "../../core/thresholds/threshold.ts";
import type { HeaderSettings } from "./header-rules.ts";
import type { RequestTimeouts } from "./http.ts";
import type { Load } from "./load.ts";
import type { Pause } from "./pause.ts";
import type { LifecycleContext, VirtualUser } from "./virtual-user.ts";

export interface TaskDefinition<State extends object, Setup extends object = Record<string, unknown>> {
  /** Relative to the other tasks of the class; default 1. */
  readonly weight?: number;
  /** For `--tags` and `--exclude-tags`. */
  readonly tags?: readonly string[];
  run(vu: VirtualUser<State, Setup>): unknown;
}

/** A task of weight 1. Taken from the method, so that classes with states of their own fit into one list. */
export type TaskFunction<State extends object, Setup extends object = Record<string, unknown>> = TaskDefinition<
  State,
  Setup
>["run"];

/** `Known`, unless nobody said what `setup` returns: then `Otherwise`. */
type IfNamed<Setup extends object, Known, Otherwise> = [Setup] extends [never]
  ? Otherwise
  : object extends Setup
    ? Otherwise
    : Known;

/** What `vu.setup` is for a class: unknown fields when it does not name the test's `setup`. */
type Seen<Setup extends object> = IfNamed<Setup, Setup, Record<string, unknown>> & object;

/** What a test's `setup` has to return for its classes: anything when none names it. */
type Returned<Setup extends object> = IfNamed<Setup, Setup | Promise<Setup>, unknown>;

/** `Setup` is what the test's `setup` returns, if the class names it; `SeenSetup` is the type of `vu.setup`. */
export interface UserDefinition<
  Name extends string = string,
  State extends object = object,
  Setup extends object = object,
  SeenSetup extends object = Seen<Setup>,
> {
  readonly name: Name;
  /** The test's `setup`, the same function: gives `vu.setup` its type. It is called once per run all the same. */
  setup?(context: LifecycleContext): Setup | Promise<Setup>;
  /** Relative to the other classes; default 1. A class of weight 0 runs only when a profile names it. */
  readonly weight?: number;
  /** Exactly this many users of the class, taken before the weighted ones. */
  readonly fixedCount?: number;
  /** As if each task had them: for `--tags` and `--exclude-tags`. */
  readonly tags?: readonly string[];
  /** Between two iterations; default none. */
  readonly pause?: Pause;
  /** Sent with each request, over those of the test; `null` leaves one of the test's out. */
  readonly headers?: HeaderSettings;
  /** Makes the state of one new user. */
  state?(): State;
  onStart?(vu: VirtualUser<State, SeenSetup>): unknown;
  readonly tasks: Readonly<Record<string, TaskDefinition<State, SeenSetup> | TaskFunction<State, SeenSetup>>>;
  /** `random` (default): by weight, drawn so that shares hold exactly over many iterations. `sequential`: in order. */
  readonly order?: "random" | "sequential";
  onStop?(vu: VirtualUser<State, SeenSetup>): unknown;
}

/** Weight, or a fixed number of users, of one class in a profile. */
export type ClassShareDefinition = number | { readonly fixedCount: number };

/** One of several loads that run in parallel. */
export interface ScenarioDefinition<Name extends string = string> {
  readonly load: Load;
  /** The classes that run in this scenario, and their weights; default: the profile's. */
  readonly users?: Readonly<Partial<Record<Name, ClassShareDefinition>>>;
  /** Begins so long after the start of the run; default "0s". */
  readonly startAfter?: string;
}

/** One load, or several scenarios by name. */
export type LoadDefinition<Name extends string = string> = Load | Readonly<Record<string, ScenarioDefinition<Name>>>;

export interface ProfileDefinition<Name extends string = string> {
  readonly load: LoadDefinition<Name>;
  /** The classes that run in this profile, and their weights; default: all, as defined. */
  readonly users?: Readonly<Partial<Record<Name, ClassShareDefinition>>>;
  /** In place of every class's own pause. */
  readonly pause?: Pause;
  /** Laid over the test's, name by name. */
  readonly targets?: Targets;
  readonly thresholds?: ThresholdDefinitions;
  /** Whether the service drifts over the run is judged, and fails it; default in a profile called "soak". */
  readonly drift?: boolean | DriftDefinition;
}

export interface DriftDefinition {
  /** Ends the run as soon as it is seen to drift; default false. */
  readonly abort?: boolean;
  /** What the service is given to warm up, at least; default "2m". */
  readonly warmUp?: string;
}

/**
 * Metric, with an optional selector, to k6 expressions: `{ "response_time{name:/jobs}": ["p(99)<1000"] }`; with options,
 * `{ threshold: "rate<0.5", abortOnFail: true, delayAbortEval: "10s" }`.
 */
export type ThresholdDefinitions = Readonly<
  Record<string, string | ThresholdDefinition | readonly (string | ThresholdDefinition)[]>
>;

export interface TestDefinition<Name extends string = string, Setup extends object = object> {
  /** Default: the name of the test file. */
  readonly name?: string;
  /** The base URL, e.g. "https://api.example.com/prod"; `--host` overrides it. */
  readonly host?: string;
  /** Of requests that have none of their own: their `total`, or limits on their parts. */
  readonly timeout?: string | RequestTimeouts;
  /** Sent with each request of every class, of `setup` and of `teardown`. */
  readonly headers?: HeaderSettings;
  /** Follow so many redirects of each request that does not say another number; default 0. */
  readonly maxRedirects?: number;
  /**
   * Whether an idempotent request is sent once more, on a new connection, when its reused connection was closed before a byte
   * of the response came (RFC 9110, 9.2.2); default true. Counted as `reconnects`.
   */
  readonly reconnect?: boolean;
  readonly users: readonly UserDefinition<Name, object, Setup, object>[];
  /** The load when there are no profiles, or none is asked for and `load` is given. */
  readonly load?: LoadDefinition<Name>;
  readonly profiles?: Readonly<Record<string, ProfileDefinition<Name>>>;
  readonly targets?: Targets;
  readonly thresholds?: ThresholdDefinitions;
  /** Once per run, on one worker, before any user starts. What it returns (JSON) reaches every user as `vu.setup`. */
  setup?(context: LifecycleContext): Returned<NoInfer<Setup>>;
  /** Once per run, on one worker, after the last user has stopped; also after an abort. */
  teardown?(context: LifecycleContext): unknown;
}

/** Declares a class of virtual users. */
export function defineUser<
  const Name extends string,
  State extends object = Record<string, unknown>,
  Setup extends object = never,
>(definition: UserDefinition<Name, State, Setup>): UserDefinition<Name, State, Setup> {
  return definition;
}

/** Declares a test: the default export of a test file. It is validated when the file is loaded. */
export function defineTest<const Name extends string, Setup extends object = object>(
  definition: TestDefinition<Name, Setup>,
): TestDefinition<Name, Setup> {
  return definition;
}

export type Task = TaskDefinition<object> | TaskFunction<object>;

/** Relative to the other tasks of its class. */
export function weightOf(task: Task): number {
  return typeof task === "function" ? 1 : (task.weight ?? 1);
}
