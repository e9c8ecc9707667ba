import { fileURLToPath } from "node:url";
import { type Cleanup, TestProcess } from "./test-process.ts";
import { waitUntil } from "./wait-until.ts";

const main = fileURLToPath(new URL("../e2e/fixtures/hit-server.ts", import.meta.url));

/** A service in a process of its own that knows which process sent each request, and when. */
export class HitServer {
  readonly url: string;
  readonly #process: TestProcess;

  private constructor(url: string, server: TestProcess) {
    this.url = url;
    this.#process = server;
  }

  /** On an address of this machine, or of the network namespace that `through` enters. */
  static async start(cleanup: Cleanup, address = "127.0.0.1", through: readonly string[] = []): Promise<HitServer> {
    const server = new TestProcess(cleanup, [main, address], {}, undefined, through);
    const [, url = ""] = await server.output(/listening on (http:\S+)\n/);
    return new HitServer(url, server);
  }

  /** The same as `hits`, from outside of its network: over its standard streams. */
  async hitsOverSignal(): Promise<Map<string, number[]>> {
    const from = this.#process.stdout.length;
    this.#process.kill("SIGUSR2");
    const text = await waitUntil("the hits", () => /hits (\{.*\})\n/.exec(this.#process.stdout.slice(from))?.[1]);
    return new Map(Object.entries(JSON.parse(text) as Record<string, number[]>));
  }

  /** Arrival times by what a request named, mostly the process that sent it; ms since 1970. */
  async hits(): Promise<Map<string, number[]>> {
    const response = await fetch(`${this.url}/hits`, { signal: AbortSignal.timeout(30_000) });
    const byPid = (await response.json()) as Record<string, number[]>;
    return new Map(Object.entries(byPid));
  }

  async total(): Promise<number> {
    const response = await fetch(`${this.url}/total`, { signal: AbortSignal.timeout(30_000) });
    return Number(await response.text());
  }
}
