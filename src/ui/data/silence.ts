import type { LiveState } from "../../api/contract/live.ts";

/** An active run with workers sends events every second. */
const ofRunMs = 5_000;
/** Otherwise, the master sends a heartbeat every five seconds. */
const ofHeartbeatsMs = 12_000;

/** Returns the time without an event after which the connection counts as lost; the state is null before the first. */
export function longestSilenceMs(state: Pick<LiveState, "state" | "canStart"> | null): number {
  // Nothing changes while a run waits for its first worker.
  return state === null || state.canStart || state.state === "starting" ? ofHeartbeatsMs : ofRunMs;
}
