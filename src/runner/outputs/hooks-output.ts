import type { Logger } from "pino";
import { describeThrown } from "../../scenario/bundle/test-frames.ts";
import { type RunStartContext, runHook } from "../../scenario/definition/run-hooks.ts";
import type { RunDefinition } from "../run-definition.ts";
import type { ReportSource, RunOutput, StartedRun } from "./run-output.ts";

/** Runs the hooks `onRunStart` and `onRunEnd` of the test. An error in them becomes a warning. */
export class HooksOutput implements RunOutput {
  readonly name = "the hooks of the test";
  readonly #log: Logger;
  #hooks: RunDefinition["hooks"] = {};
  #context: RunStartContext = { runId: "", profile: "", host: "", isResumed: false };

  constructor(log: Logger) {
    this.#log = log;
  }

  async begin({ definition, master }: StartedRun): Promise<void> {
    const { hooks, runId, resolved, restored } = definition;
    const { profile, host } = resolved;
    this.#hooks = hooks;
    this.#context = { runId, profile, host, isResumed: restored !== null };
    const { onRunStart } = hooks;
    if (onRunStart === undefined) return;
    await this.#run(
      "onRunStart",
      () => onRunStart(this.#context),
      (text) => master.warn(text),
    );
  }

  async finish({ result }: ReportSource): Promise<void> {
    const { onRunEnd } = this.#hooks;
    if (onRunEnd === undefined) return;
    const context = { ...this.#context, result: structuredClone(result) };
    await this.#run(
      "onRunEnd",
      () => onRunEnd(context),
      (text) => this.#log.warn(text),
    );
  }

  async #run(name: "onRunStart" | "onRunEnd", code: () => unknown, warn: (text: string) => void): Promise<void> {
    try {
      await runHook(name, code);
    } catch (error) {
      warn(`the test's ${name} failed: ${describeThrown(error)}`);
    }
  }
}
