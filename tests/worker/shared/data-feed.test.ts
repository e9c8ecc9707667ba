import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { pino } from "pino";
import { DataRequests, type RunDataSource } from "../../../src/master/shared/data-requests.ts";
import { RowRequests } from "../../../src/master/shared/row-requests.ts";
import { WorkerRequests } from "../../../src/master/shared/worker-requests.ts";
import type { ResponseMessage } from "../../../src/protocol/master-messages.ts";
import type { RequestMessage } from "../../../src/protocol/worker-messages.ts";
import type { DataEmptyError } from "../../../src/scenario/shared/data.ts";
import { RunRequestError, type RunRequests } from "../../../src/scenario/shared/run-requests.ts";
import type { SharedRecord } from "../../../src/store/batch.ts";
import { DataFeed } from "../../../src/worker/shared/data-feed.ts";
import { MasterRequests } from "../../../src/worker/shared/master-requests.ts";
import { UserRows } from "../../../src/worker/shared/user-rows.ts";
import { assertAsyncProperty } from "../../support/property.ts";

const log = pino({ level: "silent" });

interface Row {
  readonly number: number;
}

function sourceOf(count: number, options: Partial<RunDataSource> = {}): RunDataSource {
  const rows = Array.from({ length: count }, (_, number): Row => ({ number }));
  const declared = { name: "rows", file: null, order: "listed", use: "once", per: "run", whenEmpty: "fail" } as const;
  return { ...declared, rows, count, opened: null, ...options };
}

/** A master that can be restarted from what it has committed, and workers that can be lost, on a clock of the test. */
class Stage {
  readonly source: RunDataSource;
  readonly notes: string[] = [];
  nowMs = 0;
  readonly workers = new Map<string, StagedWorker>();
  data: DataRequests;
  #requests: WorkerRequests;
  readonly #committed = new Map<string, SharedRecord>();
  readonly #pending: SharedRecord[] = [];

  constructor(source: RunDataSource) {
    this.source = source;
    [this.#requests, this.data] = this.#newMaster();
  }

  join(id: string): StagedWorker {
    const worker = new StagedWorker(id, this);
    this.workers.set(id, worker);
    return worker;
  }

  lose(id: string): void {
    const worker = this.workers.get(id);
    if (worker !== undefined) worker.isAlive = false;
    this.#requests.lost(1);
  }

  receive(id: string, message: RequestMessage): void {
    this.#requests.receive({ number: 1, id }, message);
  }

  commit(): void {
    for (const record of this.#pending.splice(0)) {
      const key = `${record.scope} ${record.key}`;
      if (record.value === undefined) this.#committed.delete(key);
      else this.#committed.set(key, structuredClone(record));
    }
    this.#requests.committed();
  }

  restart(): void {
    this.#pending.length = 0;
    [this.#requests, this.data] = this.#newMaster();
    for (const worker of this.workers.values()) worker.reconnect();
  }

  /** Lets everything that is on the way arrive, until nothing changes. */
  async settle(): Promise<void> {
    for (let round = 0; round < 12; round++) {
      this.nowMs += 300;
      for (const { feed, isAlive } of this.workers.values()) if (isAlive) feed.pass();
      for (const worker of this.workers.values()) worker.deliver();
      this.commit();
      for (const worker of this.workers.values()) worker.deliver();
      await turn();
    }
  }

  #newMaster(): [WorkerRequests, DataRequests] {
    const shared = [...this.#committed.values()];
    const journal = {
      share: (record: SharedRecord) => this.#pending.push(structuredClone(record)),
      note: (_kind: string, text: string) => this.notes.push(text),
    };
    const alive = () => [...this.workers.values()].filter(({ isAlive }) => isAlive);
    const workers = {
      get alive() {
        return alive();
      },
      findById: (id: string) => this.workers.get(id),
    };
    const requests = new WorkerRequests({ journal, workers, shared, log });
    const sources = [this.source];
    const options = { sources, seed: 1, shared, journal, workers, stopRun: () => {}, nowMs: () => this.nowMs };
    const data = new DataRequests(options);
    requests.register("data", data);
    requests.register("rows", new RowRequests(sources, 1));
    return [requests, data];
  }
}

class StagedWorker {
  readonly id: string;
  readonly feed: DataFeed;
  readonly requests: MasterRequests;
  readonly taken: Row[] = [];
  isAlive = true;
  empty = 0;
  readonly #stage: Stage;
  #toMaster: RequestMessage[] = [];
  #toWorker: ResponseMessage[] = [];

  constructor(id: string, stage: Stage) {
    this.id = id;
    this.#stage = stage;
    this.requests = new MasterRequests((message) => this.#toMaster.push(structuredClone(message)));
    this.feed = new DataFeed(stage.source, this.requests, () => stage.nowMs);
  }

  get isConnected(): boolean {
    return this.isAlive;
  }

  get socket() {
    return { lastHeardMs: 0 };
  }

  take(): void {
    if (!this.isAlive) return;
    this.feed.take().then(
      (row) => this.taken.push(row as Row),
      ({ code }: DataEmptyError) => {
        if (code === "MUSTER_DATA_EMPTY") this.empty++;
      },
    );
  }

  respond(message: ResponseMessage): void {
    this.#toWorker.push(structuredClone(message));
  }

  deliver(): void {
    if (!this.isAlive) return;
    for (const message of this.#toMaster.splice(0)) this.#stage.receive(this.id, message);
    for (const message of this.#toWorker.splice(0)) this.requests.responded(message);
  }

  reconnect(): void {
    this.#toMaster = [];
    this.#toWorker = [];
    if (this.isAlive) this.requests.welcomed();
  }
}

const steps = {
  take: (_stage: Stage, worker: StagedWorker) => {
    for (let count = 0; count < 7; count++) worker.take();
  },
  giveBack: (_stage: Stage, worker: StagedWorker) => {
    const row = worker.taken.pop();
    if (row !== undefined && worker.isAlive) worker.feed.giveBack(row);
  },
  deliver: (_stage: Stage, worker: StagedWorker) => worker.deliver(),
  pass: (stage: Stage, worker: StagedWorker) => {
    stage.nowMs += 300;
    if (worker.isAlive) worker.feed.pass();
  },
  commit: (stage: Stage) => stage.commit(),
  reconnect: (_stage: Stage, worker: StagedWorker) => worker.reconnect(),
  restart: (stage: Stage) => stage.restart(),
  lose: (stage: Stage, { id }: StagedWorker) => {
    if (id === "c") stage.lose(id);
  },
};

test("no row is used twice and the numbers add up, whatever is lost, given back and restarted", async () => {
  const names = Object.keys(steps) as (keyof typeof steps)[];
  const step = fc.tuple(
    fc.constantFrom("take" as const, "deliver" as const, "commit" as const, ...names),
    fc.constantFrom("a", "b", "c"),
  );
  await assertAsyncProperty(
    fc.asyncProperty(fc.integer({ min: 1, max: 60 }), fc.array(step, { maxLength: 80 }), async (count, all) => {
      const stage = new Stage(sourceOf(count, { order: "shuffled" }));
      for (const id of ["a", "b", "c"]) stage.join(id);
      for (const [what, id] of all) {
        steps[what](stage, stage.workers.get(id) as StagedWorker);
        await turn();
      }
      await stage.settle();
      const taken = [...stage.workers.values()].flatMap((worker) => worker.taken.map(({ number }) => number));
      assert.equal(new Set(taken).size, taken.length, "a row was used twice");
      const ended = [...stage.workers.values()].filter(({ isAlive }) => isAlive).map(({ feed }) => feed.settle());
      await stage.settle();
      await Promise.all(ended);
      await stage.settle();
      const [{ used = 0, unused = 0, uncertain = 0 } = {}] = stage.data.uses;
      assert.equal(used + unused + uncertain, count);
      const isWhole = stage.workers.get("c")?.isAlive === true;
      if (isWhole) assert.deepEqual([used, uncertain], [taken.length, 0]);
      else assert.ok(used <= taken.length && used + uncertain >= taken.length);
    }),
    { factor: 2 },
  );
});

test("all rows are used, by workers that come and ask at different rates, and then each take says that none is left", async () => {
  const stage = new Stage(sourceOf(100));
  const [fast, slow] = [stage.join("a"), stage.join("b")];
  for (let round = 0; round < 100; round++) {
    for (let count = 0; count < 6; count++) fast.take();
    if (round % 10 === 0) slow.take();
    for (const worker of [fast, slow]) worker.feed.pass();
    stage.nowMs += 100;
    for (const worker of [fast, slow]) worker.deliver();
    stage.commit();
    for (const worker of [fast, slow]) worker.deliver();
    await turn();
  }
  await stage.settle();
  const rows = [...fast.taken, ...slow.taken].map(({ number }) => number);
  assert.deepEqual(
    rows.toSorted((a, b) => a - b),
    Array.from({ length: 100 }, (_, row) => row),
  );
  assert.ok(slow.taken.length > 0 && fast.empty > 0, `${slow.taken.length}, ${fast.empty}`);
  assert.deepEqual(stage.notes, ['no row of data "rows" is left: 100 were used']);
  assert.deepEqual(stage.data.uses, [{ name: "rows", rows: 100, isOnce: true, used: 100, unused: 0, uncertain: 0 }]);
});

test("a take that has rows ahead does not wait for the master", async () => {
  const stage = new Stage(sourceOf(1_000));
  const worker = stage.join("a");
  worker.take();
  await stage.settle();
  assert.equal(worker.taken.length, 1);
  for (let count = 0; count < 20; count++) worker.take();
  await turn();
  assert.equal(worker.taken.length, 21);
});

test("rows that a worker does not use go to one that waits", async () => {
  const stage = new Stage(sourceOf(4));
  const [idle, busy] = [stage.join("a"), stage.join("b")];
  idle.take();
  await stage.settle();
  for (let count = 0; count < 4; count++) busy.take();
  await stage.settle();
  await stage.settle();
  assert.deepEqual([idle.taken.length, busy.taken.length, busy.empty], [1, 3, 1]);
});

test("rows that may be used again follow each other endlessly, over all workers", async () => {
  const stage = new Stage(sourceOf(5, { use: "again" }));
  const workers = [stage.join("a"), stage.join("b")];
  for (let count = 0; count < 20; count++) for (const worker of workers) worker.take();
  await stage.settle();
  const rows = workers.flatMap(({ taken }) => taken.map(({ number }) => number));
  assert.equal(rows.length, 40);
  assert.deepEqual(new Set(rows), new Set([0, 1, 2, 3, 4]));
  assert.deepEqual(stage.data.uses, [{ name: "rows", rows: 5, isOnce: false, used: 40, unused: 0, uncertain: 0 }]);
});

test("each user goes through all rows by itself, in an order of its own if they are shuffled", async () => {
  const stage = new Stage(sourceOf(20, { per: "user", order: "shuffled" }));
  const worker = stage.join("a");
  const rows = new UserRows(stage.source, worker.requests);
  const ways = new Map<number, number[]>([1, 2].map((user) => [user, []]));
  for (const [user, way] of ways) {
    for (let count = 0; count < 20; count++) void rows.take(user).then((row) => way.push((row as Row).number));
  }
  const beyond = rows.take(1);
  beyond.catch(() => {});
  await stage.settle();
  await assert.rejects(beyond, { code: "MUSTER_DATA_EMPTY" });
  const [first = [], second = []] = ways.values();
  const all = Array.from({ length: 20 }, (_, row) => row);
  assert.deepEqual(
    first.toSorted((a, b) => a - b),
    all,
  );
  assert.deepEqual(
    second.toSorted((a, b) => a - b),
    all,
  );
  assert.notDeepEqual(first, second);
  void rows.settle();
  await stage.settle();
  assert.equal(stage.data.uses[0]?.used, 40);
});

test("a user asks for no rows beyond the last, and takes again after a request that failed", async () => {
  const asked: number[] = [];
  const requests: RunRequests = {
    ask: (_name, { numbers }) => {
      asked.push((numbers as number[]).length);
      if (asked.length === 1) return Promise.reject(new RunRequestError("too-many", "too many"));
      const texts = (numbers as number[]).map((number) => `{"number": ${number}}`);
      return Promise.resolve({ rows: texts, format: "json", head: "", count: 3, seed: 1 });
    },
  };
  const rows = new UserRows(sourceOf(3, { per: "user", file: "rows.json", rows: null }), requests);
  await assert.rejects(rows.take(1), { code: "too-many" });
  for (let number = 0; number < 3; number++) assert.deepEqual(await rows.take(1), { number });
  await assert.rejects(rows.take(1), { code: "MUSTER_DATA_EMPTY" });
  assert.deepEqual(asked, [0, 0, 3]);
});

test("a row is given back once, and only where it was taken", async () => {
  const stage = new Stage(sourceOf(3));
  const worker = stage.join("a");
  worker.take();
  await stage.settle();
  const [row] = worker.taken;
  assert.ok(row !== undefined);
  worker.feed.giveBack(row);
  assert.throws(() => worker.feed.giveBack(row), /only a row that take returned can be given back, and only once/);
  assert.throws(() => worker.feed.giveBack({}), /data "rows": only a row that take returned/);
});

test("a row that is given back while the answer that none is left is on its way can be taken", async () => {
  const stage = new Stage(sourceOf(1));
  const worker = stage.join("a");
  worker.take();
  await stage.settle();
  const [row] = worker.taken;
  assert.ok(row !== undefined);
  // Another user waits for a row, and the master answers that there is none.
  worker.take();
  worker.deliver();
  worker.feed.giveBack(row);
  worker.take();
  await stage.settle();
  assert.deepEqual([worker.taken.length, worker.empty], [2, 1]);
});
