import type { Logger } from "pino";
import { unpackRanges } from "../core/ranges.ts";
import type { EngineName } from "../protocol/master-messages.ts";
import type { ScenarioSpec } from "../protocol/scenario-spec.ts";
import type { HttpEngine } from "./http/engine.ts";
import { engineNamed } from "./http/engines.ts";
import { readMachineLimits, shortages } from "./machine-limits.ts";

export interface HttpEnginesOptions {
  readonly log: Logger;
  /** Addresses of this machine that connections come from, one after the other; none: the system chooses. */
  readonly localAddresses: readonly string[];
  /** Worker processes that were started together on this machine. */
  readonly processes: number;
}

/** How the connections of one worker leave its machine. */
export class HttpEngines {
  readonly #options: HttpEnginesOptions;
  readonly #engines = new Map<EngineName, HttpEngine>();

  constructor(options: HttpEnginesOptions) {
    this.#options = options;
  }

  engine(name: EngineName): HttpEngine {
    const { log, localAddresses } = this.#options;
    let engine = this.#engines.get(name);
    if (engine === undefined) {
      const onFallback = (origin: string, why: string) =>
        log.warn(`undici sends the requests to ${origin}, with more CPU for each: ${why}`);
      engine = engineNamed(name, { localAddresses, onFallback });
      this.#engines.set(name, engine);
    }
    return engine;
  }

  /** Says what this machine has too little of for the users of `scenarios`. */
  async warnOfShortages(scenarios: readonly ScenarioSpec[]): Promise<void> {
    const { log, localAddresses, processes } = this.#options;
    const users = scenarios.reduce((sum, scenario) => sum + mostUsersOf(scenario), 0);
    const planned = { users, processes, localAddresses: localAddresses.length };
    for (const shortage of shortages(planned, await readMachineLimits())) log.warn(shortage);
  }
}

function mostUsersOf(scenario: ScenarioSpec): number {
  if (scenario.kind === "open") return scenario.maxUsers;
  return unpackRanges(scenario.virtualUsers).reduce((sum, [first, end]) => sum + end - first, 0);
}
