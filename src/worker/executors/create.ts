import type { ScenarioSpec } from "../../protocol/scenario-spec.ts";
import { ClosedExecutor } from "./closed.ts";
import type { Executor, ExecutorContext } from "./executor.ts";
import { IterationsExecutor } from "./iterations.ts";
import { OpenExecutor } from "./open.ts";

/** Creates the executor of a scenario, by the kind of its load. */
export function createExecutor(spec: ScenarioSpec, context: ExecutorContext): Executor {
  switch (spec.kind) {
    case "closed":
      return new ClosedExecutor(spec, context);
    case "open":
      return new OpenExecutor(spec, context);
    case "iterations":
      return new IterationsExecutor(spec, context);
  }
}
