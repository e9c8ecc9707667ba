import { readFileSync } from "node:fs";
import { availableParallelism, freemem, loadavg } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { bytes, count, milliseconds } from "../../../report/numbers.ts";
import { bad, doubtful, type Finding, good } from "./finding.ts";

const oldestNode = [22, 19] as const;
const enoughFiles = 10_000;
const enoughPorts = 20_000;
const enoughMemory = 500e6;
const busyShare = 0.5;
const timerSamples = 100;
const lateMs = 10;

export function nodeVersion(version = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isNewEnough = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  const found = `version ${version}`;
  return isNewEnough ? good("Node.js", found) : bad("Node.js", found, `install ${oldestNode.join(".")} or newer`);
}

export function cores(number = availableParallelism(), busy = loadavg()[0] ?? 0): Finding {
  const found = `${number}, of which ${busy.toFixed(1)} were busy in the last minute`;
  if (number === 1) {
    return doubtful("cores", found, "a worker and the service under test should not share one core");
  }
  // Windows has no load average and reports 0.
  return busy > busyShare * number
    ? doubtful("cores", found, "end other processes on this machine, or use another one")
    : good("cores", found);
}

export function memory(available = availableMemory()): Finding {
  const found = `${bytes(available)} available`;
  return available < enoughMemory
    ? doubtful("memory", found, "a worker takes about 100 MB, and up to 25 KB for each user")
    : good("memory", found);
}

/**
 * Returns the memory that the system can provide, including caches that it can free. Only Linux reports it; elsewhere, returns
 * the free memory.
 */
function availableMemory(): number {
  const [, kibibytes] = /^MemAvailable:\s+(\d+) kB/m.exec(textOf("/proc/meminfo") ?? "") ?? [];
  return kibibytes === undefined ? freemem() : Number(kibibytes) * 1_024;
}

/** Checks the limit on open files: each connection needs one. Node.js has already raised the limit as far as allowed. */
export function openFiles(limits = textOf("/proc/self/limits")): Finding | null {
  const [, limit] = /^Max open files\s+(\d+|unlimited)/m.exec(limits ?? "") ?? [];
  if (limit === undefined) return null;
  const found = limit === "unlimited" ? "no limit" : `${count(Number(limit))} at most in a process`;
  return Number(limit) < enoughFiles
    ? doubtful("open files", found, `each user can have an open connection: ulimit -Hn ${65_536}, or more workers`)
    : good("open files", found);
}

/** Checks the number of local ports: each connection to the same address needs another one. */
export function localPorts(range = textOf("/proc/sys/net/ipv4/ip_local_port_range")): Finding | null {
  const [first, last] = range?.trim().split(/\s+/).map(Number) ?? [];
  if (first === undefined || last === undefined) return null;
  const found = `${count(last - first + 1)}, from ${first} to ${last}`;
  return last - first + 1 < enoughPorts
    ? doubtful("local ports", found, 'sysctl -w net.ipv4.ip_local_port_range="1024 65535"')
    : good("local ports", found);
}

/** Checks how late timers fire: a busy machine, or a virtual one that is paused at times, cannot follow a plan. */
export async function timers(
  sleep: (ms: number) => Promise<unknown> = delay,
  now = () => performance.now(),
): Promise<Finding> {
  let latestMs = 0;
  for (let sample = 0; sample < timerSamples; sample++) {
    const start = now();
    await sleep(2);
    latestMs = Math.max(latestMs, now() - start - 2);
  }
  const found = `at most ${milliseconds(latestMs)} ms late`;
  return latestMs > lateMs
    ? doubtful("timers", found, "this machine is busy, or is paused at times, which distorts response times")
    : good("timers", found);
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
