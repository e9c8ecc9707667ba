import type { WatchedMetric } from "../saturation/watched-metric.ts";

/** Words for resources that a service takes and should release. */
const taken = new Set([
  ...["memory", "mem", "heap", "rss", "resident", "connection", "connections", "conn", "conns", "socket", "sockets"],
  ...["fd", "fds", "descriptor", "descriptors", "handle", "handles", "thread", "threads", "goroutine", "goroutines"],
  ...["queue", "queues", "queued", "backlog", "pending", "waiting", "inflight", "session", "sessions"],
  ...["subscription", "subscriptions", "listener", "listeners", "lag"],
]);
/** Words that reverse the meaning: the free part of a resource falls when it leaks. */
const free = new Set(["free", "available", "avail", "idle", "remaining", "unused"]);
/** Words for counters, which only rise, and for values that are not amounts. */
const noAmount = new Set([
  ...["total", "created", "sum", "bucket", "seconds", "duration", "rate", "errors", "freed"],
  ...[
    "accepted",
    "opened",
    "closed",
    "established",
    "handled",
    "served",
    "processed",
    "completed",
    "started",
    "finished",
  ],
  ...["received", "sent", "rejected", "refused", "dropped", "failed", "enqueued", "dequeued", "acquired", "released"],
]);
/** Words for memory, whose readings often never fall. */
const memory = new Set(["memory", "mem", "heap", "rss", "resident"]);
/** The minimum number of readings; a shorter series may rise at each reading by chance. */
const fewestReadings = 12;

/**
 * Returns the sign with which a metric changes when it leaks: 1 for memory, connections and queues, -1 for the free part
 * of such a resource; null if growth of the metric is not a leak. The test's option `leak` decides; without it, the words
 * in the metric's name, its unit and the name of the sample that is read.
 *
 * A counter is not a leak, whatever its name: a rate, a total, or whole numbers that rise at each reading.
 */
export function leakSign({ name, unit, sampleName, isRate, leak, samples }: WatchedMetric): 1 | -1 | null {
  const words = [name, sampleName ?? "", unit ?? ""].flatMap(wordsOf);
  // A connection that is idle in a transaction is in use.
  const isFree = words.some((word) => free.has(word)) && !words.includes("transaction");
  const sign = isFree ? -1 : 1;
  if (leak !== null) return leak ? sign : null;
  const isAmount = words.some((word) => taken.has(word)) && !words.some((word) => noAmount.has(word));
  if (!isAmount || isRate) return null;
  return words.some((word) => memory.has(word)) || !onlyRises(samples) ? sign : null;
}

/** Splits a name such as "heapUsed" or "process_resident_memory_bytes" into words, in lower case. */
function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .replaceAll(/in[ _-]flight/g, "inflight")
    .split(/[^\p{L}\p{N}]+/u);
}

function onlyRises(samples: WatchedMetric["samples"]): boolean {
  if (samples.length < fewestReadings) return false;
  return samples.every(({ value }, position) => {
    const before = samples[position - 1];
    return Number.isInteger(value) && (before === undefined || value > before.value);
  });
}
