import assert from "node:assert/strict";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import type { LoggedFailure } from "../../examples/plot-palette/api/counting/failure-log.ts";
import type { CountsSnapshot } from "../../examples/plot-palette/api/counting/traffic.ts";
import type { MisbehaviourSettings } from "../../examples/plot-palette/api/misbehaviour/settings.ts";
import { type Cleanup, TestProcess } from "./test-process.ts";
import { patienceMs, waitUntil } from "./wait-until.ts";

const main = fileURLToPath(new URL("../../examples/plot-palette/api/main.ts", import.meta.url));
const endTimeoutMs = 2_000;

/** The API of this process, which its files share. */
let started: Promise<SampleApi> | undefined;
const ends: (() => Promise<void> | void)[] = [];

/**
 * Returns a function that gives each test the one API of its process, reset: no connections, all counts at 0, and only the
 * requested misbehaviour. For files whose tests run one after another. Call it at the top of the file.
 */
export function sampleApiOfFile(): (misbehaviour?: MisbehaviourSettings) => Promise<SampleApi> {
  after(async () => {
    started = undefined;
    for (const end of ends.splice(0)) await end();
  });
  return async (misbehaviour = {}) => {
    started ??= SampleApi.start({ after: (end) => ends.push(end) });
    const api = await started;
    await api.renew();
    await api.misbehave(misbehaviour);
    return api;
  };
}

/** The Plot Palette API in its own process. */
export class SampleApi {
  readonly url: string;

  private constructor(url: string) {
    this.url = url;
  }

  static async start(cleanup: Cleanup, env: Readonly<Record<string, string>> = {}): Promise<SampleApi> {
    let api: TestProcess | undefined;
    // Registered before the process, which is killed if this has not ended it: only a process that exits normally saves
    // its compiled code for the next one.
    cleanup.after(async () => {
      api?.kill("SIGTERM");
      await api?.ended(endTimeoutMs).catch(() => {});
    });
    api = new TestProcess(cleanup, [main, "--port=0"], env);
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

  /** Waits until there are no connections, and resets all counts. */
  async renew(): Promise<void> {
    await this.#call("DELETE", "/_control/misbehave");
    await this.#call("POST", "/_control/arrivals", { enabled: false });
    await waitUntil("an API that serves nobody", async () => {
      const { connections, inFlight } = await this.counts();
      // This request itself has a connection.
      return connections.current <= 1 && inFlight.current === 0;
    });
    await this.#call("POST", "/_control/reset");
  }

  /** Records the times of arrival from now on. */
  async recordArrivals(): Promise<void> {
    await this.#call("POST", "/_control/arrivals", { enabled: true });
  }

  /** In milliseconds, in order of arrival. */
  async arrivals(): Promise<number[]> {
    return (await this.#call("GET", "/_control/arrivals")) as number[];
  }

  /** Its log of answers with a status of 400 or above. */
  async failures(): Promise<readonly LoggedFailure[]> {
    return (await this.#call("GET", "/_control/failures")) as readonly LoggedFailure[];
  }

  /** The number of jobs, whoever created them. The API counts this as a request: read its counts first. */
  async jobsLeft(): Promise<number> {
    const page = await this.#call("GET", "/admin/jobs?limit=1", undefined, {
      authorization: "Bearer plot-palette-admin",
    });
    return (page as { total: number }).total;
  }

  async #call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<unknown> {
    const response = await fetch(this.url + path, {
      method,
      // A connection kept alive would count as one of the run.
      headers: { ...headers, connection: "close" },
      signal: AbortSignal.timeout(patienceMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }
}
