import type { ScenarioSpec } from "../../protocol/scenario-spec.ts";
import { ClosedExecutor } from "./closed.ts";
import type { Executor, ExecutorContext } from "./executor.ts";
import { IterationsExecutor } from "./iterations.ts";
import { OpenExecutor } from "./open.ts";

/** Creates the executor of a scenario. An update cannot change the kind of a scenario. */
export function createExecutor(spec: ScenarioSpec, context: ExecutorContext): Executor<ScenarioSpec> {
  switch (spec.kind) {
    case "closed":
      return ofKind("closed", new ClosedExecutor(spec, context));
    case "open":
      return ofKind("open", new OpenExecutor(spec, context));
    case "iterations":
      return ofKind("iterations", new IterationsExecutor(spec, context));
  }
}

function ofKind<Kind extends ScenarioSpec["kind"]>(
  kind: Kind,
  executor: Executor<Extract<ScenarioSpec, { kind: Kind }>>,
): Executor<ScenarioSpec> {
  return {
    finished: executor.finished,
    start: () => executor.start(),
    update: (spec) => {
      if (spec.kind !== kind) throw new TypeError(`scenario ${spec.id} cannot become ${spec.kind}`);
      executor.update(spec as Extract<ScenarioSpec, { kind: Kind }>);
    },
    stop: (stopTimeoutMs) => executor.stop(stopTimeoutMs),
  };
}
