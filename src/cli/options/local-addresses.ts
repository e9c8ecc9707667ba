import { once } from "node:events";
import { createServer } from "node:net";
import { ConfigurationError } from "../../core/errors.ts";

/** Checks that this machine has the addresses. @throws ConfigurationError when it does not have one of them */
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
