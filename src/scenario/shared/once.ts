import { describeValue } from "../../core/describe-value.ts";
import { DurationError, parseDuration } from "../../core/duration.ts";
import { ConfigurationError } from "../../core/errors.ts";
import { InvalidValue } from "../../core/invalid-value.ts";
import type { HttpClient } from "../definition/http.ts";
import { declareName } from "./declared-names.ts";
import { requireJsonValue } from "./json-value.ts";
import { type RunRequests, runRequests } from "./run-requests.ts";

/**
 * The caller that needs a value, and makes it if it does not exist yet: a virtual user, or the context of `setup` or an
 * authentication.
 */
export interface OnceContext {
  readonly http: HttpClient;
}

export interface OnceOptions<Value = unknown> {
  /**
   * How long a value can be used, such as `"55m"`, or a function that returns this time for a value; default: for the whole
   * run. A new value is made for the first user that needs it in the last tenth of this time, at most 30 s before its end.
   */
  readonly expiresIn?: string | LifetimeOf<Value>;
}

/** Returns how long a value can be used, such as `"55m"`. The type comes from a method, which is bivariant. */
type LifetimeOf<Value> = { of(value: Value): string }["of"];

/** A value that is made once per run, for the users of all workers. */
export interface Once<Value> {
  /**
   * Resolves to the value. If it does not exist yet, it is made with the client of this user, and other users wait for it. If
   * `make` fails, the user that called it gets its error, and the next waiting user tries again.
   */
  get(by: OnceContext): Promise<Value>;
  /**
   * Resolves to a newer value than the last one that this worker had. It is made only once, even if many users need it at the
   * same time.
   * @param refused the value that did not work. If there is a newer one already, it is used. A value that was made less than
   *   1 s ago is not replaced, so that users whose values are always refused do not make one value after another
   */
  renew(by: OnceContext, refused?: Value): Promise<Value>;
}

/** The name of the request to the master. */
export const onceRequest = "once";

/** The master's answer to a user that needs a value: the value, or that this user has to make it. */
export type OnceAnswer =
  | {
      readonly kind: "value";
      readonly version: number;
      readonly value: unknown;
      readonly leftMs: number | null;
      /** How long ago the value was made. */
      readonly ageMs: number;
    }
  | { readonly kind: "make"; readonly lease: number };

const mostEarlyMs = 30_000;
const earlyPart = 0.1;
/** A refused value that is younger than this is not replaced: a new one would be refused, too. */
const youngMs = 1_000;
/** The time limit of `make`. If it hangs, another user can try. */
const makeTimeoutMs = 60_000;

/**
 * Declares a value that is made once per run and shared by the users of all workers, such as a login. Call it at the top
 * level of the test file; `name` must be unique in the test. The value is sent as JSON of at most 1,000,000 characters.
 * @throws ConfigurationError for an invalid name, function or options, and for a second value with the same name
 */
export function once<Value>(
  name: string,
  make: (by: OnceContext) => Value | Promise<Value>,
  options: OnceOptions<Value> = {},
): Once<Value> {
  if (typeof name !== "string" || name === "" || name.length > 200) {
    throw new ConfigurationError(`once: the name is ${describeValue(name)}; expected a string such as "login"`);
  }
  if (typeof make !== "function") {
    throw new ConfigurationError(`once("${name}"): expected a function that makes the value`);
  }
  declareName("values of once", name);
  return new SharedValue(name, make, lifetimeOf(`once("${name}")`, options));
}

/** Whether a value was returned by `once()`. */
export function isOnce(value: unknown): value is Once<unknown> {
  return value instanceof SharedValue;
}

/** Returns the time in ms that a value can be used; null for the whole run. */
type Lifetime<Value> = (value: Value) => number | null;

/** @throws ConfigurationError */
function lifetimeOf<Value>(where: string, options: OnceOptions<Value>): Lifetime<Value> {
  const example = '{ expiresIn: "55m" }';
  if (typeof options !== "object" || options === null) {
    throw new ConfigurationError(`${where}: expected options such as ${example}, found ${describeValue(options)}`);
  }
  const { expiresIn, ...rest } = options;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw new ConfigurationError(`${where}: unknown option "${unknown}"; write ${example}`);
  if (expiresIn === undefined) return () => null;
  if (typeof expiresIn === "function") return (value) => durationOf(where, expiresIn(value));
  const durationMs = durationOf(where, expiresIn);
  return () => durationMs;
}

function durationOf(where: string, expiresIn: string): number {
  try {
    return parseDuration(expiresIn);
  } catch (cause) {
    if (cause instanceof DurationError)
      throw new ConfigurationError(`${where}, expiresIn: ${cause.message}`, { cause });
    throw cause;
  }
}

class SharedValue<Value> implements Once<Value> {
  readonly #name: string;
  readonly #make: (by: OnceContext) => Value | Promise<Value>;
  readonly #lifetime: Lifetime<Value>;
  /** The run that the value belongs to: a worker can take part in several runs, one after another. */
  #run: RunRequests | null = null;
  /** The number of the value that this worker has; 0 before the first. */
  #version = 0;
  #value: Value | null = null;
  #madeAtMs = 0;
  #renewAtMs = 0;
  #pending: Promise<Value> | null = null;

  constructor(name: string, make: (by: OnceContext) => Value | Promise<Value>, lifetime: Lifetime<Value>) {
    this.#name = name;
    this.#make = make;
    this.#lifetime = lifetime;
  }

  async get(by: OnceContext): Promise<Value> {
    this.#enter();
    if (this.#version > 0 && performance.now() < this.#renewAtMs) return this.#value as Value;
    return await this.#newer(by);
  }

  async renew(by: OnceContext, refused?: Value): Promise<Value> {
    this.#enter();
    if (refused !== undefined && this.#version > 0) {
      const isYoung = performance.now() < this.#madeAtMs + youngMs;
      if (isYoung || this.#value !== refused) return await this.get(by);
    }
    return await this.#newer(by);
  }

  #enter(): void {
    const run = runRequests(`once("${this.#name}").get(vu)`);
    if (run === this.#run) return;
    this.#run = run;
    this.#version = 0;
    this.#pending = null;
  }

  /**
   * The users of this worker that need a new value share one request. If it fails for the user that sent it, the next user
   * tries.
   */
  async #newer(by: OnceContext): Promise<Value> {
    if (typeof by !== "object" || by === null || !("http" in by)) {
      throw new InvalidValue(`once("${this.#name}").get(vu): expected the user, found ${describeValue(by)}`);
    }
    while (this.#pending !== null) {
      try {
        return await this.#pending;
      } catch {
        // The error belongs to another user, which may just have been stopped.
      }
    }
    const asked = this.#ask(by).finally(() => {
      if (this.#pending === asked) this.#pending = null;
    });
    this.#pending = asked;
    return await asked;
  }

  async #ask(by: OnceContext): Promise<Value> {
    const run = this.#run as RunRequests;
    const name = this.#name;
    const answer = (await run.ask(onceRequest, { op: "get", name, known: this.#version })) as OnceAnswer;
    if (answer.kind === "value") return this.#take(answer);
    const { lease } = answer;
    try {
      const made = await withinTime(name, async () => await this.#make(by));
      requireJsonValue(`once("${name}")`, made ?? null);
      const put = { op: "put", name, lease, value: made ?? null, lifetimeMs: this.#lifetime(made) };
      return this.#take((await run.ask(onceRequest, put)) as OnceAnswer);
    } catch (error) {
      // This includes a value that cannot be sent. The next waiting user tries. If the master cannot be asked, the run has
      // ended.
      await run.ask(onceRequest, { op: "fail", name, lease }).catch(() => {});
      throw error;
    }
  }

  #take(answer: OnceAnswer): Value {
    if (answer.kind !== "value") throw new Error(`once("${this.#name}"): the master has no value`);
    const { version, value, leftMs, ageMs } = answer;
    const nowMs = performance.now();
    this.#version = version;
    this.#value = value as Value;
    this.#madeAtMs = nowMs - ageMs;
    this.#renewAtMs =
      leftMs === null ? Number.POSITIVE_INFINITY : nowMs + leftMs - Math.min(mostEarlyMs, (ageMs + leftMs) * earlyPart);
    return value as Value;
  }
}

async function withinTime<Value>(name: string, make: () => Promise<Value>): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new InvalidValue(`once("${name}"): the value was not ready within ${makeTimeoutMs / 1_000} s`)),
    makeTimeoutMs,
  );
  return await Promise.race([make(), late.promise]).finally(() => clearTimeout(timer));
}
