import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { pino } from "pino";
import { QueueRequests } from "../../../src/master/shared/queue-requests.ts";
import { WorkerRequests } from "../../../src/master/shared/worker-requests.ts";
import { queue, queueRequests } from "../../../src/scenario/shared/queue.ts";
import { useRunRequests } from "../../../src/scenario/shared/run-requests.ts";
import type { SharedRecord } from "../../../src/store/batch.ts";
import { MasterRequests } from "../../../src/worker/shared/master-requests.ts";

/** A master that commits at once and can be restarted, with one worker. */
class Stage {
  readonly worker: MasterRequests;
  isAlive = true;
  #master: WorkerRequests;
  readonly #stored = new Map<string, SharedRecord>();

  constructor() {
    this.worker = new MasterRequests((message) =>
      this.#master.receive({ number: 1, id: "w" }, structuredClone(message)),
    );
    this.#master = this.#newMaster();
    useRunRequests(this.worker);
  }

  restart(): void {
    this.#master = this.#newMaster();
    this.worker.welcomed();
  }

  #newMaster(): WorkerRequests {
    const stage = this;
    const shared = [...this.#stored.values()];
    const journal = {
      share: (record: SharedRecord) => {
        const key = `${record.scope} ${record.key}`;
        if (record.value === undefined) this.#stored.delete(key);
        else this.#stored.set(key, structuredClone(record));
        queueMicrotask(() => master.committed());
      },
    };
    const socket = {
      respond: (message: Parameters<MasterRequests["responded"]>[0]) => this.worker.responded(message),
      get isAlive() {
        return stage.isAlive;
      },
    };
    const workers = { findById: () => socket };
    const master = new WorkerRequests({ journal, workers, shared, log: pino({ level: "silent" }) });
    const queues = new QueueRequests({ shared, journal, workers });
    master.register(queueRequests.put, queues.puts);
    master.register(queueRequests.take, queues.takes);
    return master;
  }
}

describe("queues", () => {
  afterEach(() => useRunRequests(null));

  it("values are taken in the order in which they were put, each once; a take waits for one", async () => {
    new Stage();
    const orders = queue<{ id: number }>("orders");
    const early = [orders.take(), orders.take()];
    for (let id = 0; id < 5; id++) await orders.put({ id });
    const later = [orders.take(), orders.take(), orders.take()];
    assert.deepEqual(
      await Promise.all([...early, ...later]),
      [0, 1, 2, 3, 4].map((id) => ({ id })),
    );
  });

  it("queues of other names are apart", async () => {
    new Stage();
    await queue("a").put("of a");
    await queue("b").put("of b");
    assert.deepEqual(await Promise.all([queue("b").take(), queue("a").take()]), ["of b", "of a"]);
  });

  it("values outlive a restart of the master, in order, and takes that wait ask again", async () => {
    const stage = new Stage();
    const orders = queue<number>("orders");
    for (let id = 0; id < 12; id++) await orders.put(id);
    assert.equal(await orders.take(), 0);
    stage.restart();
    for (let id = 1; id < 12; id++) assert.equal(await orders.take(), id);
    const waiting = orders.take();
    stage.restart();
    await orders.put(12);
    assert.equal(await waiting, 12);
  });

  it("a take with a timeout ends, and takes no value later", async () => {
    new Stage();
    const orders = queue<number>("orders");
    await assert.rejects(orders.take({ timeout: "1ms" }), {
      code: "timeout",
      message: 'queue "orders": no value came within 1ms',
    });
    await orders.put(1);
    assert.equal(await orders.take(), 1);
  });

  it("a take ends with its user, and its value goes to another one", async () => {
    new Stage();
    const orders = queue<number>("orders");
    const leaving = new AbortController();
    const taken = orders.take({ signal: leaving.signal }, { timeout: "1m" });
    leaving.abort();
    await assert.rejects(taken, { code: "cancelled" });
    await assert.rejects(orders.take({ signal: leaving.signal }), { code: "cancelled" });
    await orders.put(1);
    assert.equal(await orders.take({ signal: new AbortController().signal }), 1);
  });

  it("several values are put at once, in order, up to the most that a queue holds", async () => {
    const stage = new Stage();
    const orders = queue<number>("orders");
    await orders.putAll([1, 2, 3]);
    await orders.putAll([]);
    stage.restart();
    await orders.put(4);
    assert.deepEqual(await Promise.all([orders.take(), orders.take(), orders.take(), orders.take()]), [1, 2, 3, 4]);
    await orders.putAll(Array.from({ length: 100_000 }, () => 0));
    await assert.rejects(orders.putAll([1]), {
      code: "queue-full",
      message: 'queue "orders" is full: 100000 values wait to be taken',
    });
  });

  it("a take with a timeout that is longer than a timer can be waits", async () => {
    new Stage();
    const orders = queue<number>("orders");
    const patient = orders.take({ timeout: "30d" });
    await assert.rejects(queue("others").take({ timeout: "10ms" }), { code: "timeout" });
    await orders.put(1);
    assert.equal(await patient, 1);
  });

  it("a lost worker is given no value until it returns", async () => {
    const stage = new Stage();
    const orders = queue<number>("orders");
    let value: number | null = null;
    void orders.take().then((taken) => {
      value = taken;
    });
    stage.isAlive = false;
    await orders.put(1);
    await turn();
    assert.equal(value, null);
    stage.isAlive = true;
    await orders.put(2);
    await turn();
    assert.equal(value, 1);
  });

  it("what cannot be put is refused by name", async () => {
    new Stage();
    assert.throws(() => queue(""), /queue\(…\): expected a name of 1 to 100 characters/);
    await assert.rejects(queue("a").put(undefined), /queue "a": JSON cannot represent undefined/);
    await assert.rejects(queue("a").putAll([1, () => 2]), /queue "a": JSON cannot represent a function/);
    await assert.rejects(
      queue("a").putAll("ab" as never),
      /queue "a": putAll expects a list of values, found the string/,
    );
    await assert.rejects(queue("a").take({ timeOut: "5s" } as never), {
      message: 'queue "a": take: unknown option "timeOut"; write take(vu, { timeout: "5s" })',
    });
    await assert.rejects(
      queue("a").take("5s" as never),
      /queue "a": take: expected the user or options, found the string/,
    );
    await assert.rejects(queue("a").take({ timeout: 5 } as never), /expected a duration, found the number 5/);
    useRunRequests(null);
    await assert.rejects(queue("a").take(), /queue "a": take needs a run/);
  });
});
