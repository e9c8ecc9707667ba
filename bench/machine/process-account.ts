import { readFile } from "node:fs/promises";

const clockTicksPerSecond = 100;

export interface CpuSeconds {
  readonly user: number;
  readonly system: number;
}

/** The time of all threads of a process so far. */
export async function cpuTimesOf(pid: number): Promise<CpuSeconds> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { user: Number(fields[11]) / clockTicksPerSecond, system: Number(fields[12]) / clockTicksPerSecond };
}

/** User and system time together. */
export async function cpuSecondsOf(pid: number): Promise<number> {
  const { user, system } = await cpuTimesOf(pid);
  return user + system;
}

/** User and system time of all children of this process that have ended, with their children in turn. */
export async function endedChildrenCpuSeconds(): Promise<number> {
  const text = await readFile("/proc/self/stat", "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) / clockTicksPerSecond;
}

/** Resident memory of a process, in bytes. */
export async function residentBytesOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(text)?.[1] ?? Number.NaN) * 1_024;
}

/** The process ids of its children. */
export async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.trim().split(" ").filter(Boolean).map(Number);
}

/** How many descriptors a process that is started from here may have: `ulimit -Hn`, to which Node.js and nginx raise theirs. */
export async function descriptorLimit(): Promise<number> {
  const text = await readFile("/proc/self/limits", "utf8");
  const [, , hard = "0"] = /^Max open files\s+(\S+)\s+(\S+)/m.exec(text) ?? [];
  return hard === "unlimited" ? Number.POSITIVE_INFINITY : Number(hard);
}
