import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Cleanup } from "./test-process.ts";
import { patienceMs } from "./wait-until.ts";

const execute = promisify(execFile);

/**
 * Two hosts, each a network namespace: `worker` reaches `site` over two links, one to its master and one to the service
 * under test. The first link can be cut. The network of the machine is not touched.
 */
export class Network {
  /** Command prefixes that start a process on a host. */
  readonly site: readonly string[];
  readonly worker: readonly string[];
  readonly masterAddress = "10.77.1.1";
  readonly serviceAddress = "10.77.2.1";
  readonly #siteName: string;
  readonly #workerName: string;

  private constructor(name: string) {
    this.#siteName = `${name}-site`;
    this.#workerName = `${name}-worker`;
    this.site = ["ip", "netns", "exec", this.#siteName];
    this.worker = ["ip", "netns", "exec", this.#workerName];
  }

  static async create(cleanup: Cleanup): Promise<Network> {
    const network = new Network(`muster-${process.pid}`);
    for (const name of [network.#siteName, network.#workerName]) {
      await ip("netns", "add", name);
      cleanup.after(async () => {
        await ip("netns", "del", name);
      });
      await ip("-n", name, "link", "set", "lo", "up");
    }
    await network.#link("master", "10.77.1");
    await network.#link("service", "10.77.2");
    return network;
  }

  /** Drops all packets between the worker and its master, in both directions, without closing connections. */
  async cut(): Promise<void> {
    await ip("-n", this.#siteName, "link", "set", "master0", "down");
  }

  async mend(): Promise<void> {
    await ip("-n", this.#siteName, "link", "set", "master0", "up");
  }

  async #link(name: string, subnet: string): Promise<void> {
    const [site, worker] = [this.#siteName, this.#workerName];
    await ip("link", "add", `${name}0`, "netns", site, "type", "veth", "peer", "name", `${name}1`, "netns", worker);
    await ip("-n", site, "addr", "add", `${subnet}.1/24`, "dev", `${name}0`);
    await ip("-n", worker, "addr", "add", `${subnet}.2/24`, "dev", `${name}1`);
    await ip("-n", site, "link", "set", `${name}0`, "up");
    await ip("-n", worker, "link", "set", `${name}1`, "up");
  }
}

async function ip(...words: string[]): Promise<void> {
  await execute("ip", words, { timeout: patienceMs });
}
