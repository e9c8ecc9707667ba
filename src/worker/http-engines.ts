import type { Logger } from "pino";
import { unpackRanges } from "../core/ranges.ts";
import type { EngineName } from "../protocol/master-messages.ts";
import type { ScenarioSpec } from "../protocol/scenario-spec.ts";
import type { HttpEngine } from "./http/engine.ts";
import { engineNamed } from "./http/engines.ts";
import { readMachineLimits, shortages } from "./machine-limits.ts";

export interface HttpEnginesOptions {
  readonly log: Logger;
  /** Local addresses of the connections, used in turn; empty: the system chooses. */
  readonly localAddresses: readonly string[];
  /** The number of worker processes that were started together on this machine. */
  readonly processes: number;
}

/** The HTTP engines of one worker, and the local addresses of their connections. */
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

  /** Warns if this machine has too few file descriptors or ports for the users of `scenarios`. */
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
