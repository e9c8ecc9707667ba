import { parseDuration } from "../../core/duration.ts";
import type { Random } from "../../core/random.ts";
import type { Pause } from "../../scenario/definition/pause.ts";

/** Returns how long one virtual user pauses after an iteration, in ms. Times are those of `performance.now()`. */
export type Pauser = (startedMs: number, endedMs: number) => number;

/** The maximum number of iterations that a user with a target throughput can be behind and still catch up. */
const catchUpIterations = 10;

/** Returns a function that creates the pauser of each new user. */
export function compilePause(pause: Pause): (random: Random) => Pauser {
  if (typeof pause === "function") return (random) => () => parseDuration(pause(() => random.next()));
  switch (pause.kind) {
    case "constant": {
      const pauseMs = parseDuration(pause.duration);
      return () => () => pauseMs;
    }
    case "between": {
      const shortestMs = parseDuration(pause.shortest);
      const spanMs = parseDuration(pause.longest) - shortestMs;
      return (random) => () => shortestMs + spanMs * random.next();
    }
    case "exponential": {
      const meanMs = parseDuration(pause.mean);
      return (random) => () => -meanMs * Math.log(1 - random.next());
    }
    case "pacing": {
      const everyMs = parseDuration(pause.every);
      return () => (startedMs, endedMs) => Math.max(0, startedMs + everyMs - endedMs);
    }
    case "throughput":
      return () => throughputPauser(1_000 / pause.perSecond);
  }
}

/** Iteration n is due n intervals after the first one began. A backlog beyond the limit is dropped. */
function throughputPauser(intervalMs: number): Pauser {
  let dueMs: number | null = null;
  return (startedMs, endedMs) => {
    dueMs = Math.max((dueMs ?? startedMs) + intervalMs, endedMs - catchUpIterations * intervalMs);
    return Math.max(0, dueMs - endedMs);
  };
}
