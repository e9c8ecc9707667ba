import type { RecordedMetric } from "../../../src/core/thresholds/recorded-metric.ts";
import type { EngineName } from "../../../src/protocol/master-messages.ts";
import type { TestDefinition, UserDefinition } from "../../../src/scenario/definition/define.ts";
import { IntervalRecorder } from "../../../src/stats/interval-recorder.ts";
import { VirtualUserClient } from "../../../src/worker/http/client.ts";
import type { HttpEngine } from "../../../src/worker/http/engine.ts";
import { engineNamed } from "../../../src/worker/http/engines.ts";
import { parseBase } from "../../../src/worker/http/request/target.ts";
import { TimeLimitRules } from "../../../src/worker/http/time-limits.ts";
import { IterationNumbers } from "../../../src/worker/iteration-numbers.ts";
import { RecordedParts } from "../../../src/worker/recorded-parts.ts";
import type { RunContext } from "../../../src/worker/run-context.ts";
import { RunningUser } from "../../../src/worker/user/running-user.ts";
import { compileClasses } from "../../../src/worker/user/user-class.ts";

/** What the users of a run share, with an engine that really sends. */
export function runContext(
  recorder: IntervalRecorder,
  base: string,
  {
    seed = 7,
    startRetryMs = 1_000,
    warnings = [] as string[],
    engine = "undici" as EngineName | HttpEngine,
    metrics = [] as readonly RecordedMetric[],
    timeout = undefined as TestDefinition["timeout"],
  } = {},
): RunContext {
  const newClient: RunContext["newClient"] = (_, { client }, user) =>
    new VirtualUserClient(typeof engine === "string" ? engineNamed(engine) : engine, recorder, parseBase(base), {
      ...client,
      limits: new TimeLimitRules(timeout),
      user,
    });
  const warned = new Set<string>();
  return {
    profile: "standard",
    seed,
    setup: { token: "t" },
    startRetryMs,
    recorder,
    iterationNumbers: new IterationNumbers({ first: 0, step: 1 }),
    parts: new RecordedParts(metrics, recorder),
    warnOnce: (key, text) => {
      if (warned.has(key)) return;
      warned.add(key);
      warnings.push(text);
    },
    newClient,
  };
}

/** A virtual user of one class, with a recorder of its own. */
export class TestUser implements Disposable {
  readonly recorder = new IntervalRecorder();
  readonly user: RunningUser;
  /** What was said about the test. */
  readonly warnings: string[] = [];

  /** `ofTest`: what the test sets for all classes. */
  constructor(
    definition: Omit<UserDefinition, "name">,
    base = "http://127.0.0.1:1",
    ofTest: Partial<TestDefinition> = {},
    engine: EngineName | HttpEngine = "undici",
    metrics: readonly RecordedMetric[] = [],
  ) {
    const users: UserDefinition[] = [{ name: "Tester", ...definition }];
    const [userClass] = compileClasses({ ...ofTest, users }, "standard");
    if (userClass === undefined) throw new Error("no class");
    this.user = new RunningUser(
      3,
      "default",
      userClass,
      runContext(this.recorder, base, {
        startRetryMs: 1,
        warnings: this.warnings,
        engine,
        metrics,
        timeout: ofTest.timeout,
      }),
    );
  }

  /** Drives the user as a closed load does, until it is stopped. */
  async run(): Promise<void> {
    const { user } = this;
    const opened = await user.open();
    while (opened && !user.isStopping) {
      await user.iterate();
      if (!user.isStopping) await user.pause();
    }
    await user.close(opened);
  }

  /** What the code threw: task or hook, message without its place, how often. */
  get exceptions(): [name: string, message: string, count: number][] {
    return [...this.recorder.errors.values()].map(({ name, message, count }) => [
      name,
      message.replace(/ \(\S+:\d+\)$/, ""),
      count,
    ]);
  }

  [Symbol.dispose](): void {
    this.user.abort();
    this.user.abandon();
  }
}

/** Stops the user in its `count`th iteration. */
export function stoppingAfter(count: number, task: () => unknown = () => {}) {
  let calls = 0;
  return (vu: unknown) => {
    calls++;
    if (calls >= count) (vu as RunningUser).stop();
    return task();
  };
}
