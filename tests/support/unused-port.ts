import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";

/** The range of ports that an operating system assigns, where it does not tell: that of most of them begins there. */
const usualFirstAssigned = 32_768;
const firstPort = 12_000;

/**
 * Returns a port of 127.0.0.1 that nothing listens on, at random among those that the operating system does not assign by itself. One
 * that it has assigned and taken back may belong to any connection of another test by the time the caller listens there.
 */
export async function unusedPort(): Promise<number> {
  const ports = firstAssignedPort() - firstPort;
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = firstPort + Math.floor(Math.random() * ports);
    if (await isUnused(port)) return port;
  }
  throw new Error(`no unused port was found between ${firstPort} and ${firstPort + ports}`);
}

/** The first of the ports that the operating system assigns to connections and servers without one. */
function firstAssignedPort(): number {
  try {
    const first = Number.parseInt(readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8"), 10);
    return first > firstPort + 1_000 ? first : usualFirstAssigned;
  } catch {
    return usualFirstAssigned;
  }
}

async function isUnused(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
