import { readFile } from "node:fs/promises";

/** Limits of this machine; Infinity if they cannot be read. */
export interface MachineLimits {
  /** The limit of open files (`ulimit -n`): every connection is an open file. */
  readonly openFiles: number;
  /** The number of connections from one local address to one address and port of a service. */
  readonly portsPerAddress: number;
}

/** The number of files that a process has open in addition to the connections of its users. */
const otherFiles = 100;

/** Reads the limits from /proc. Node.js has raised its soft limit to the hard limit at start. */
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

/** The number of files that a master has open in addition to the sockets of its workers. */
const otherFilesOfMaster = 40;

/** Returns a sentence that says what to do if a master has too few open files for this number of workers; null if it has enough. */
export function masterShortage(workers: number, { openFiles }: MachineLimits): string | null {
  const needed = workers + otherFilesOfMaster;
  if (needed <= openFiles) return null;
  const them = workers === 1 ? "1 worker" : `${workers} workers`;
  return `ulimit -n is ${openFiles}, too few for ${them} with a socket each: start the master with at least ${needed}`;
}

export interface PlannedConnections {
  /** The peak number of users of this process, each with at least one connection. */
  readonly users: number;
  /** The number of worker processes on this machine that share its ports, including this one. */
  readonly processes: number;
  /** The number of local addresses of the connections. */
  readonly localAddresses: number;
}

/** Returns a sentence for each limit that is too low for the planned connections. The sentence says what to do. */
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
      `${users * processes} users on this machine, but only ${ports} connections are possible to one address of a service: ` +
        "widen net.ipv4.ip_local_port_range, or name more addresses with --local-address",
    );
  }
  return found;
}
