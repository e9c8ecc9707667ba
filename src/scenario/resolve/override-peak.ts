import { ConfigurationError } from "../../core/errors.ts";
import type { CapacityLoad } from "../definition/capacity-load.ts";
import type { SpikeLoad } from "../definition/spike-load.ts";
import { type LoadOverrides, secondsOf } from "./resolve-load.ts";

/**
 * Overrides the peak of a spike or a search with `--users` (the highest number of users) or `--rate` (the highest rate). The
 * start does not change unless it would be above the peak. A search over users also takes `--spawn-rate`.
 *
 * @throws ConfigurationError if the option does not apply to the load; the message names the option that does
 */
export function withPeak<Load extends SpikeLoad | CapacityLoad>(load: Load, overrides: LoadOverrides): Load {
  return changed(load, overrides) as Load;
}

/** Returns the load with a new peak and of the same kind. */
function changed(load: SpikeLoad | CapacityLoad, overrides: LoadOverrides): SpikeLoad | CapacityLoad {
  const { users, spawnRate, rate } = overrides;
  if (users === 0) throw new ConfigurationError("--users 0: at least one user must run the iterations");
  if (spawnRate !== undefined && load.kind !== "capacity-users") {
    const instead = load.kind === "spike-users" ? "set its `rise` in the test file" : "--rate sets its highest rate";
    throw new ConfigurationError(`--spawn-rate does not apply to ${nameOf(load)}: ${instead}`);
  }
  if (load.kind === "spike" || load.kind === "capacity") return withHighestRate(load, overrides);
  if (rate !== undefined) {
    throw new ConfigurationError(`--rate does not apply to ${nameOf(load)} over users: --users sets its maximum`);
  }
  if (load.kind === "spike-users") {
    const { base, peak } = load.users;
    return users === undefined ? load : { ...load, users: { base: Math.min(base, users), peak: users ?? peak } };
  }
  const max = users ?? load.users.max;
  const start = users === undefined ? load.users.start : Math.min(load.users.start, users);
  return { ...load, users: { ...load.users, start, max, ...(spawnRate === undefined ? {} : { spawnRate }) } };
}

function nameOf({ kind }: SpikeLoad | CapacityLoad): string {
  return kind === "spike" || kind === "spike-users" ? "a spike" : "a search";
}

type LoadOfRates = Extract<SpikeLoad | CapacityLoad, { kind: "spike" | "capacity" }>;

/** `--rate` is per second, whatever the time unit of the load is. */
function withHighestRate(load: LoadOfRates, { users, rate }: LoadOverrides): LoadOfRates {
  const limited = users === undefined ? load : { ...load, maxUsers: users };
  if (rate === undefined) return limited;
  const highest = rate * secondsOf(load.per);
  return limited.kind === "spike"
    ? { ...limited, base: Math.min(limited.base, highest), peak: highest }
    : { ...limited, start: Math.min(limited.start, highest), max: highest };
}
