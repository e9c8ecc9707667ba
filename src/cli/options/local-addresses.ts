import { once } from "node:events";
import { createServer } from "node:net";
import { ConfigurationError } from "../../core/errors.ts";

/** @throws ConfigurationError when this machine does not have one of the addresses */
export async function requireLocalAddresses(addresses: readonly string[]): Promise<void> {
  for (const address of addresses) {
    const server = createServer().listen(0, address);
    try {
      await once(server, "listening");
    } catch (cause) {
      throw new ConfigurationError(`--local-address ${address}: this machine has no such address`, { cause });
    } finally {
      server.close();
    }
  }
}
