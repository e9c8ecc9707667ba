import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { CountsSnapshot } from "../../examples/plot-palette/api/counting/traffic.ts";
import type { MisbehaviourSettings } from "../../examples/plot-palette/api/misbehaviour/settings.ts";
import { type Cleanup, TestProcess } from "./test-process.ts";

const main = fileURLToPath(new URL("../../examples/plot-palette/api/main.ts", import.meta.url));
const callTimeoutMs = 30_000;

/** The Plot Palette API in a process of its own. */
export class SampleApi {
  readonly url: string;

  private constructor(url: string) {
    this.url = url;
  }

  static async start(cleanup: Cleanup, env: Readonly<Record<string, string>> = {}): Promise<SampleApi> {
    const api = new TestProcess(cleanup, [main, "--port=0"], env);
    const [, url = ""] = await api.output(/listening on (http:\S+)\n/);
    return new SampleApi(url);
  }

  /** What it has served so far. */
  async counts(): Promise<CountsSnapshot> {
    return (await this.#call("GET", "/_control/counts")) as CountsSnapshot;
  }

  async misbehave(settings: MisbehaviourSettings): Promise<void> {
    await this.#call("POST", "/_control/misbehave", settings);
  }

  /** From now on the times of arrival are kept. */
  async recordArrivals(): Promise<void> {
    await this.#call("POST", "/_control/arrivals", { enabled: true });
  }

  /** Milliseconds, in the order of arrival. */
  async arrivals(): Promise<number[]> {
    return (await this.#call("GET", "/_control/arrivals")) as number[];
  }

  /** How many jobs there are, whoever made them. Counted by the API as a request: ask for its counts before. */
  async jobsLeft(): Promise<number> {
    const page = await this.#call("GET", "/admin/jobs?limit=1", undefined, {
      authorization: "Bearer plot-palette-admin",
    });
    return (page as { total: number }).total;
  }

  async #call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<unknown> {
    const response = await fetch(this.url + path, {
      method,
      // A connection kept alive would count among those that the run has open.
      headers: { ...headers, connection: "close" },
      signal: AbortSignal.timeout(callTimeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }
}
