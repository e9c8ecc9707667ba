import { readFile } from "node:fs/promises";

/** What this machine allows a worker; infinite where nobody can tell. */
export interface MachineLimits {
  /** `ulimit -n`: every connection is an open file. */
  readonly openFiles: number;
  /** How many connections one address of this machine can have to one address and port of a service. */
  readonly portsPerAddress: number;
}

/** What a process has open beside the connections of its users. */
const otherFiles = 100;

/** Reads them from /proc, where there is one. Node.js has raised its own limit to the hard one by now. */
export async function readMachineLimits(): Promise<MachineLimits> {
  const [limits, range] = await Promise.all([
    readFile("/proc/self/limits", "utf8").catch(() => ""),
    readFile("/proc/sys/net/ipv4/ip_local_port_range", "utf8").catch(() => ""),
  ]);
  const openFiles = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  const [first, last] = range.trim().split(/\s+/).map(Number);
  return {
    openFiles: openFiles === undefined ? Number.POSITIVE_INFINITY : Number(openFiles),
    portsPerAddress: first === undefined || last === undefined ? Number.POSITIVE_INFINITY : last - first + 1,
  };
}

/** What a master has open beside the sockets of its workers. */
const otherFilesOfMaster = 40;

/** What a master that expects so many workers has too little of, in a sentence that says what to do; null for nothing. */
export function masterShortage(workers: number, { openFiles }: MachineLimits): string | null {
  const needed = workers + otherFilesOfMaster;
  if (needed <= openFiles) return null;
  const them = workers === 1 ? "1 worker" : `${workers} workers`;
  return `ulimit -n is ${openFiles}, too few for ${them} with a socket each: start the master with at least ${needed}`;
}

export interface PlannedConnections {
  /** The most users of this process, each with at least one connection. */
  readonly users: number;
  /** Worker processes of this machine that share its ports, this one among them. */
  readonly processes: number;
  /** Addresses that the connections come from. */
  readonly localAddresses: number;
}

/** What will not be enough, in sentences that say what to do. */
export function shortages({ users, processes, localAddresses }: PlannedConnections, limits: MachineLimits): string[] {
  const found: string[] = [];
  if (users + otherFiles > limits.openFiles) {
    found.push(
      `ulimit -n is ${limits.openFiles}, too few for ${users} users with a connection each: start the worker with at least ${users + otherFiles}`,
    );
  }
  const ports = limits.portsPerAddress * Math.max(1, localAddresses);
  if (users * processes > ports) {
    found.push(
      `${users * processes} users on this machine, but only ${ports} connections fit to one address of a service: ` +
        "widen net.ipv4.ip_local_port_range, or name more addresses with --local-address",
    );
  }
  return found;
}
