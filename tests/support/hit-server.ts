import { fileURLToPath } from "node:url";
import { type Cleanup, TestProcess } from "./test-process.ts";
import { patienceMs, waitUntil } from "./wait-until.ts";

const main = fileURLToPath(new URL("../e2e/fixtures/hit-server.ts", import.meta.url));

/** A service in its own process that records which process sent each request, and when. */
export class HitServer {
  readonly url: string;
  readonly #process: TestProcess;

  private constructor(url: string, server: TestProcess) {
    this.url = url;
    this.#process = server;
  }

  /** Starts it on an address of this machine, or of the network namespace that `through` enters. */
  static async start(cleanup: Cleanup, address = "127.0.0.1", through: readonly string[] = []): Promise<HitServer> {
    const server = new TestProcess(cleanup, [main, address], {}, undefined, through);
    const [, url = ""] = await server.output(/listening on (http:\S+)\n/);
    return new HitServer(url, server);
  }

  /** Returns the same as `hits`, over its standard streams: works from outside of its network. */
  async hitsOverSignal(): Promise<Map<string, number[]>> {
    const from = this.#process.stdout.length;
    this.#process.kill("SIGUSR2");
    const text = await waitUntil("the hits", () => /hits (\{.*\})\n/.exec(this.#process.stdout.slice(from))?.[1]);
    return new Map(Object.entries(JSON.parse(text) as Record<string, number[]>));
  }

  /** The arrival times in ms since 1970, by the value in the request, mostly the process that sent it. */
  async hits(): Promise<Map<string, number[]>> {
    const response = await fetch(`${this.url}/hits`, { signal: AbortSignal.timeout(patienceMs) });
    const byPid = (await response.json()) as Record<string, number[]>;
    return new Map(Object.entries(byPid));
  }

  async total(): Promise<number> {
    const response = await fetch(`${this.url}/total`, { signal: AbortSignal.timeout(patienceMs) });
    return Number(await response.text());
  }
}
