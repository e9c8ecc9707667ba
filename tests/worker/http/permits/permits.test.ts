import assert from "node:assert/strict";
import { test } from "node:test";
import { PermitRequests } from "../../../../src/master/shared/permit-requests.ts";
import type { WorkerRequest } from "../../../../src/master/shared/worker-requests.ts";
import { RunRequestError, type RunRequests } from "../../../../src/scenario/shared/run-requests.ts";
import { IntervalRecorder } from "../../../../src/stats/interval-recorder.ts";
import { VirtualUserClient } from "../../../../src/worker/http/client.ts";
import { engineNamed } from "../../../../src/worker/http/engines.ts";
import { Network } from "../../../../src/worker/http/network/network.ts";
import { limitedEngine } from "../../../../src/worker/http/permits/limited-engine.ts";
import { Permits } from "../../../../src/worker/http/permits/permits.ts";
import { parseBase } from "../../../../src/worker/http/request/target.ts";
import { attempts, Disturbed } from "../../../support/attempts.ts";
import { waitUntil } from "../../../support/wait-until.ts";
import { withTimeout } from "../fixture.ts";

/** Workers of one master, in one process, with a way of 10 ms between them. */
class Cluster implements Disposable {
  /** When a request was sent, by worker. */
  readonly sent: { readonly worker: number; readonly atMs: number }[] = [];
  refused = 0;
  uncertain: number | null = null;
  readonly #startedMs = performance.now();
  readonly #lost = new Set<number>();
  /** The workers on the machine of the master, and what they have counted. */
  readonly #tallies = new Set<number>();
  readonly #tallied = new Map<number, number>();
  readonly #master: PermitRequests;
  readonly #workers: Permits[];

  constructor(workers: number, limits: { maxRequests?: number; maxRequestsPerSecond?: number }) {
    this.#master = new PermitRequests({
      most: limits.maxRequests ?? null,
      maxRequestsPerSecond: limits.maxRequestsPerSecond ?? null,
      shared: [],
      journal: { share: () => {} },
      elapsedMs: this.#runMs,
      watches: (worker) => this.#tallies.has(worker),
      used: (uncertain) => {
        this.uncertain = uncertain;
      },
    });
    this.#workers = Array.from({ length: workers }, (_, number) => {
      const ask = (_name: string, payload: Record<string, unknown>) => this.#ask(number, payload);
      return new Permits({ ask }, this.#runMs, { write: (used) => this.#tallied.set(number, used) });
    });
  }

  /** A user of a worker sends one request after the other, each taking `serviceMs`. */
  run(worker: number, serviceMs: number): void {
    const next = () =>
      this.#workers[worker]?.await({
        permitted: () => {
          if (this.#lost.has(worker)) return;
          this.#workers[worker]?.use();
          this.sent.push({ worker, atMs: this.#runMs() });
          setTimeout(next, serviceMs).unref();
        },
        refused: () => {
          this.refused++;
        },
      });
    next();
  }

  /** A worker that is killed sends nothing more, and asks for nothing. */
  kill(worker: number): void {
    this.#lost.add(worker);
    this.#master.lost(worker);
  }

  /** The same on the machine of the master, which learns how many permits were used. */
  killHere(worker: number): void {
    this.#tallies.add(worker);
    this.kill(worker);
    this.#tallies.delete(worker);
    this.#master.ended(worker, this.#tallied.get(worker) ?? 0);
  }

  /** Ends all users: what still came would disturb the tests after this one, in the same process. */
  [Symbol.dispose](): void {
    for (const worker of this.#workers.keys()) this.#lost.add(worker);
  }

  get made(): number {
    return this.#master.made;
  }

  /** The most requests in any second. */
  get mostPerSecond(): number {
    const times = this.sent.map(({ atMs }) => atMs).sort((a, b) => a - b);
    return Math.max(...times.map((from, first) => times.findLastIndex((atMs) => atMs < from + 1_000) - first + 1));
  }

  readonly #runMs = () => performance.now() - this.#startedMs;

  #ask(worker: number, payload: Record<string, unknown>): Promise<unknown> {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const respond = (value: unknown) => setTimeout(() => !this.#lost.has(worker) && resolve(value), 10);
    const request: WorkerRequest = { worker, workerId: `${worker}`, id: 1, payload, respond, refuse: assert.fail };
    setTimeout(() => !this.#lost.has(worker) && this.#master.handle(request), 10);
    return promise;
  }
}

test("workers together send no more in any second than is allowed, and nearly as much", withTimeout, () =>
  attempts(5, threeSeconds),
);

async function threeSeconds(): Promise<void> {
  using cluster = new Cluster(3, { maxRequestsPerSecond: 200 });
  for (const worker of [0, 0, 0, 1, 1, 2]) for (let user = 0; user < 5; user++) cluster.run(worker, 5);
  await waitUntil("three seconds of load", () => (cluster.sent.at(-1)?.atMs ?? 0) > 3_000);
  assert.ok(cluster.mostPerSecond <= 200, `${cluster.mostPerSecond}`);
  assert.equal(new Set(cluster.sent.map(({ worker }) => worker)).size, 3);
  if (cluster.sent.length <= 300) throw new Disturbed(`${cluster.sent.length} requests in three seconds`);
}

test("the load ends at exactly the number of requests, with and without a rate", withTimeout, async () => {
  for (const limits of [{ maxRequests: 777 }, { maxRequests: 150, maxRequestsPerSecond: 500 }]) {
    using cluster = new Cluster(3, limits);
    for (const worker of [0, 0, 0, 1, 1, 2]) for (let user = 0; user < 5; user++) cluster.run(worker, 1);
    await waitUntil("the end", () => cluster.uncertain !== null && cluster.refused === 30);
    assert.deepEqual([cluster.sent.length, cluster.uncertain], [limits.maxRequests, 0]);
  }
});

test("what a killed worker held is not granted again, and the end says how much it was", withTimeout, async () => {
  using cluster = new Cluster(3, { maxRequests: 400, maxRequestsPerSecond: 300 });
  for (const worker of [0, 1, 2]) for (let user = 0; user < 5; user++) cluster.run(worker, 5);
  await waitUntil("some requests", () => cluster.sent.length > 100);
  cluster.kill(1);
  await waitUntil("the end", () => cluster.uncertain !== null && cluster.refused === 10);
  const sent = cluster.sent.length;
  assert.ok(sent <= 400 && sent + (cluster.uncertain ?? 0) >= 400, `${sent} and ${cluster.uncertain}`);
  assert.ok((cluster.uncertain ?? 0) <= 60, `${cluster.uncertain}`);
});

test("what a killed worker on this machine had not used is granted again", withTimeout, async () => {
  for (const limits of [{ maxRequests: 700 }, { maxRequests: 300, maxRequestsPerSecond: 500 }]) {
    using cluster = new Cluster(3, limits);
    for (const worker of [0, 1, 2]) for (let user = 0; user < 5; user++) cluster.run(worker, 2);
    await waitUntil("some requests", () => cluster.sent.length > 100);
    cluster.killHere(1);
    await waitUntil("the end", () => cluster.uncertain !== null && cluster.refused === 10);
    assert.deepEqual(
      [cluster.sent.length, cluster.uncertain, cluster.made],
      [limits.maxRequests, 0, limits.maxRequests],
    );
  }
});

test("users that pause return permits, and others use them", withTimeout, async () => {
  using cluster = new Cluster(2, { maxRequests: 20 });
  cluster.run(0, 100_000);
  cluster.run(0, 100_000);
  for (let user = 0; user < 3; user++) cluster.run(1, 50);
  await waitUntil("the end", () => cluster.uncertain !== null);
  assert.deepEqual([cluster.sent.length, cluster.uncertain], [20, 0]);
});

test("a request to a host that is not allowed is refused at once, and takes no permit", () => {
  const permits = new Permits({ ask: () => assert.fail("a permit was requested") }, () => 0);
  const client = new VirtualUserClient(
    limitedEngine(engineNamed("own"), permits),
    new IntervalRecorder(),
    parseBase("http://other.example"),
    { network: Network.usual.with({ allowedHosts: ["api.example"] }) },
  );
  return assert.rejects(client.get("/"), /the host other\.example is not allowed/);
});

test("a worker on this machine that comes back is not lost when the end of its process was awaited long enough", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let uncertain: number | null = null;
  const master = new PermitRequests({
    ...{ most: 3, maxRequestsPerSecond: null, shared: [], journal: { share: () => {} }, elapsedMs: () => 0 },
    watches: () => true,
    used: (count) => {
      uncertain = count;
    },
  });
  const ask = (used: number, wanted: number) => {
    const payload = { used, unused: 0, wanted };
    master.handle({ worker: 1, workerId: "1", id: 1, payload, respond: () => {}, refuse: assert.fail });
  };
  for (let asked = 0; asked < 3; asked++) ask(0, 1);
  master.lost(1);
  master.returned(1);
  t.mock.timers.tick(60_000);
  assert.equal(uncertain, null, "it holds three permits, and may use them");
  ask(3, 0);
  assert.equal(uncertain, 0);
});

test("permits that are granted while the users end go back to the master", async () => {
  const [reported, answers]: [unknown[], ((value: unknown) => void)[]] = [[], []];
  let signal: AbortSignal | undefined;
  const ask: RunRequests["ask"] = (_name, payload, options) => {
    reported.push(payload);
    signal ??= options?.signal;
    return new Promise((resolve) => answers.push(resolve));
  };
  const permits = new Permits({ ask }, () => 0);
  permits.await({ permitted: () => assert.fail("permitted"), refused: () => {} });
  await permits.end();
  assert.equal(signal?.aborted, true);
  answers[0]?.({ count: 5, firstMs: 0, everyMs: 0, isOver: false });
  await waitUntil("the report", () => reported.length === 2);
  assert.deepEqual(reported[1], { used: 0, unused: 5, wanted: 0 });
});

test("a request waits while the requests of other users leave no room for one for permits", withTimeout, async () => {
  let asked = 0;
  const ask: RunRequests["ask"] = async () => {
    if (++asked < 3) throw new RunRequestError("too-many", "10000 requests of this worker wait");
    return { count: 2, firstMs: 0, everyMs: 0, isOver: false };
  };
  const permits = new Permits({ ask }, () => 0);
  const outcome = await new Promise((resolve) => {
    permits.await({ permitted: () => resolve("permitted"), refused: () => resolve("refused") });
  });
  assert.deepEqual([outcome, asked], ["permitted", 3]);
});
