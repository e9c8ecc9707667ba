import { hideSecrets } from "../core/redaction/known-secrets.ts";
import { keepSecretFields } from "../core/redaction/secret-fields.ts";
import { deepestValue, isDeeperThan } from "../core/size-limits.ts";
import type { LifecycleDone, WorkerSession } from "../protocol/worker-messages.ts";
import { describeThrown, mapStack, stackTextOf } from "../scenario/bundle/test-frames.ts";
import type { LifecycleContext } from "../scenario/definition/virtual-user.ts";
import { IntervalRecorder } from "../stats/interval-recorder.ts";
import { type ClientRules, VirtualUserClient } from "./http/client.ts";
import type { HttpEngine } from "./http/engine.ts";
import type { Target } from "./http/request/target.ts";

type Phase = LifecycleDone["phase"];

/**
 * Runs setup and teardown on this worker, each of them once. A master that lost the worker or was restarted asks again, and
 * gets the first answer again.
 */
export class LifecycleDuty {
  readonly #run: (phase: Phase, setup: Readonly<Record<string, unknown>>) => Promise<LifecycleDone>;
  readonly #onChange: (state: WorkerSession["lifecycle"]) => void;
  readonly #onDone: (done: LifecycleDone) => void;
  readonly #begun = new Map<Phase, LifecycleDone | null>();

  /** @param run must not reject */
  constructor(
    run: (phase: Phase, setup: Readonly<Record<string, unknown>>) => Promise<LifecycleDone>,
    onChange: (state: WorkerSession["lifecycle"]) => void,
    onDone: (done: LifecycleDone) => void,
  ) {
    this.#run = run;
    this.#onChange = onChange;
    this.#onDone = onDone;
  }

  async begin(phase: Phase, setup: Readonly<Record<string, unknown>>): Promise<void> {
    const known = this.#begun.get(phase);
    if (known === null) return;
    if (known !== undefined) {
      this.#onDone(known);
      return;
    }
    this.#begun.set(phase, null);
    this.#onChange({ running: phase });
    const done = await this.#run(phase, setup);
    this.#begun.set(phase, done);
    // A teardown can start while a setup that the master no longer waits for is still running.
    if (this.#latest === phase) this.#onChange(done);
    this.#onDone(done);
  }

  get #latest(): Phase | undefined {
    return [...this.#begun.keys()].at(-1);
  }
}

/** The maximum length in characters, which take up to 3 bytes each: a message to the master has at most 16 MB. */
const mostSetupLength = 5_000_000;

export interface WorkerLifecycleOptions {
  readonly phase: "setup" | "teardown";
  readonly code: ((context: LifecycleContext) => unknown) | undefined;
  readonly profile: string;
  readonly runId: string;
  readonly setup: Readonly<Record<string, unknown>>;
  readonly engine: HttpEngine;
  readonly base: Target;
  readonly rules: ClientRules;
}

/** Runs the `setup` or `teardown` of a test. Its requests are recorded separately. Never rejects. */
export async function runLifecycle(options: WorkerLifecycleOptions): Promise<LifecycleDone> {
  const { phase, code, profile, runId, setup, engine, base, rules } = options;
  const recorder = new IntervalRecorder();
  const http = new VirtualUserClient(engine, recorder, base, rules);
  keepSecretFields(setup);
  try {
    const value = await code?.({ profile, runId, setup, http });
    const unawaited = http.leaveOpen();
    const ended = done(phase, recorder, asRecord(value), null);
    return unawaited === 0 ? ended : { ...ended, unawaited };
  } catch (error) {
    // The master may not know the secrets that the test declared in this process.
    const message = hideSecrets(describeThrown(error));
    return done(phase, recorder, {}, { message, stack: hideSecrets(mapStack(stackTextOf(error))) });
  } finally {
    http.close();
  }
}

function done(
  phase: LifecycleDone["phase"],
  recorder: IntervalRecorder,
  value: Record<string, unknown>,
  error: LifecycleDone["error"],
): LifecycleDone {
  const endpoints = recorder.endpoints.map(({ method, name, requests, failures }) => ({
    method,
    name,
    requests,
    failures: failures.reduce((sum, count) => sum + count, 0),
  }));
  return { type: "lifecycle-done", phase, value, error, endpoints };
}

/** Validates the value that `setup` returned: it is sent to every worker as JSON. */
function asRecord(value: unknown): Record<string, unknown> {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new TypeError("setup must return an object, which becomes vu.setup");
  }
  const json = jsonOf(value);
  if (json.length > mostSetupLength) {
    throw new TypeError(
      `setup returned ${Math.ceil(json.length / 1e6)} MB as JSON; ${mostSetupLength / 1e6} MB can be sent to the workers: import large data from a file`,
    );
  }
  const copy = JSON.parse(json) as Record<string, unknown>;
  if (isDeeperThan(deepestValue, copy)) throw new TypeError(tooDeep);
  return copy;
}

const tooDeep = `setup returned an object that is nested more than ${deepestValue} levels deep, which cannot be sent to the workers`;

function jsonOf(value: object): string {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    // The stack has overflowed.
    if (cause instanceof RangeError) throw new TypeError(tooDeep, { cause });
    throw cause;
  }
}
