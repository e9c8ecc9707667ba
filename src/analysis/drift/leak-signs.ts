import type { WatchedMetric } from "../saturation/watched-metric.ts";

/** Words of what a service takes and should give back. */
const taken = new Set([
  ...["memory", "mem", "heap", "rss", "resident", "connection", "connections", "conn", "conns", "socket", "sockets"],
  ...["fd", "fds", "descriptor", "descriptors", "handle", "handles", "thread", "threads", "goroutine", "goroutines"],
  ...["queue", "queues", "queued", "backlog", "pending", "waiting", "inflight", "session", "sessions"],
  ...["subscription", "subscriptions", "listener", "listeners", "lag"],
]);
/** Words that turn the meaning: what is free falls when it leaks. */
const free = new Set(["free", "available", "avail", "idle", "remaining", "unused"]);
/** Words of counters, which only rise, and of what is no amount. */
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
/** Words of memory, of which a reading that never falls is usual. */
const memory = new Set(["memory", "mem", "heap", "rss", "resident"]);
/** A shorter series may rise at each reading by chance. */
const fewestReadings = 12;

/**
 * Returns the sign of a change for the worse of a metric that leaks when it keeps changing: 1 for memory, connections and
 * queues, -1 for what is free of them; null if its growth is no leak. What the test says (`leak`) decides, else the words of
 * its name, its unit and the sample that is read.
 *
 * A counter is no leak, however it is named: it is a rate, a total, or whole numbers that rise at each reading.
 */
export function leakSign({ name, unit, sampleName, isRate, leak, samples }: WatchedMetric): 1 | -1 | null {
  const words = [name, sampleName ?? "", unit ?? ""].flatMap(wordsOf);
  // A connection that is idle in a transaction holds it.
  const isFree = words.some((word) => free.has(word)) && !words.includes("transaction");
  const sign = isFree ? -1 : 1;
  if (leak !== null) return leak ? sign : null;
  const isAmount = words.some((word) => taken.has(word)) && !words.some((word) => noAmount.has(word));
  if (!isAmount || isRate) return null;
  return words.some((word) => memory.has(word)) || !onlyRises(samples) ? sign : null;
}

/** "heapUsed" and "process_resident_memory_bytes" in words, in lower case. */
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
