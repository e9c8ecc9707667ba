import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { pino } from "pino";
import { type RequestHandler, type WorkerRequest, WorkerRequests } from "../../../src/master/shared/worker-requests.ts";
import type { MasterMessage, ResponseMessage } from "../../../src/protocol/master-messages.ts";
import type { RequestMessage } from "../../../src/protocol/worker-messages.ts";
import { type RunRequestError, runRequests } from "../../../src/scenario/shared/run-requests.ts";
import type { SharedRecord } from "../../../src/store/batch.ts";
import { MasterRequests } from "../../../src/worker/shared/master-requests.ts";
import { assertAsyncProperty } from "../../support/property.ts";
import { WorkersOfRun } from "../workers/simulated-worker.ts";

const log = pino({ level: "silent" });

/** Hands out numbers, each once: the last is shared. The number 13 is answered only when asked to. */
class Tickets implements RequestHandler {
  readonly given: number[] = [];
  readonly back: unknown[] = [];
  readonly held: WorkerRequest[] = [];
  readonly #share: (record: SharedRecord) => void;
  #last: number;

  constructor(shared: readonly SharedRecord[], share: (record: SharedRecord) => void) {
    this.#share = share;
    this.#last = (shared.find(({ scope }) => scope === "tickets")?.value as number | undefined) ?? 0;
  }

  handle(request: WorkerRequest): void {
    if (request.payload.fail === true) throw new Error("no such ticket");
    if (request.payload.hold === true) this.held.push(request);
    else this.give(request);
  }

  cancelled(_request: WorkerRequest, value: unknown): void {
    if (value !== undefined) this.back.push(value);
  }

  give(request: WorkerRequest): void {
    const ticket = ++this.#last;
    this.given.push(ticket);
    this.#share({ scope: "tickets", key: "last", value: ticket });
    request.respond(ticket);
  }
}

/** One worker and its master, over a connection that loses what is on the way, with a store that keeps what is committed. */
class LossyPair {
  readonly worker: MasterRequests;
  tickets: Tickets;
  #master: WorkerRequests;
  readonly #committed = new Map<string, SharedRecord>();
  readonly #pending: SharedRecord[] = [];
  readonly #toMaster: RequestMessage[] = [];
  #toWorker: ResponseMessage[] = [];

  constructor() {
    this.worker = new MasterRequests((message) => this.#toMaster.push(structuredClone(message)));
    [this.#master, this.tickets] = this.#newMaster();
  }

  get stored(): string[] {
    return [...this.#committed.keys()].sort();
  }

  commit(): void {
    for (const record of this.#pending.splice(0)) {
      const key = `${record.scope} ${record.key}`;
      if (record.value === undefined) this.#committed.delete(key);
      else this.#committed.set(key, structuredClone(record));
    }
    this.#master.committed();
  }

  /** Delivers all that is on the way, in both directions. */
  deliver(): void {
    for (const message of this.#toMaster.splice(0)) this.#master.receive({ number: 1, id: "w" }, message);
    for (const message of this.#toWorker.splice(0)) this.worker.responded(message);
  }

  reconnect(): void {
    this.#toMaster.length = 0;
    this.#toWorker = [];
    this.worker.welcomed();
  }

  restartMaster(): void {
    this.#pending.length = 0;
    [this.#master, this.tickets] = this.#newMaster();
    this.reconnect();
  }

  #newMaster(): [WorkerRequests, Tickets] {
    const shared = [...this.#committed.values()];
    const journal = { share: (record: SharedRecord) => this.#pending.push(record) };
    const socket = { respond: (message: ResponseMessage) => this.#toWorker.push(structuredClone(message)) };
    const master = new WorkerRequests({ journal, workers: { findById: () => socket }, shared, log });
    const tickets = new Tickets(shared, journal.share);
    master.register("ticket", tickets);
    return [master, tickets];
  }
}

/** A worker that requests tickets and cancels some, as the test says. */
class Caller {
  readonly pair = new LossyPair();
  readonly received: unknown[] = [];
  asked = 0;
  cancelled = 0;
  readonly #cancels: AbortController[] = [];
  readonly steps = {
    ask: () => this.#ask(),
    cancel: () => this.#cancels.pop()?.abort(),
    deliver: () => this.pair.deliver(),
    commit: () => this.pair.commit(),
    reconnect: () => this.pair.reconnect(),
    restart: () => this.pair.restartMaster(),
  };

  #ask(): void {
    this.asked++;
    const cancel = new AbortController();
    this.#cancels.push(cancel);
    this.pair.worker.ask("ticket", {}, { signal: cancel.signal }).then(
      (value) => this.received.push(value),
      () => this.cancelled++,
    );
  }
}

test("each request is answered once, whatever the connection loses and however often the master restarts", async () => {
  const step = fc.constantFrom("ask", "ask", "ask", "cancel", "deliver", "deliver", "commit", "reconnect", "restart");
  await assertAsyncProperty(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const caller = new Caller();
      for (const what of [...steps, "deliver", "commit", "deliver", "deliver", "commit"] as const) {
        caller.steps[what]();
        await null;
      }
      const { received, cancelled, asked, pair } = caller;
      assert.equal(received.length + cancelled, asked);
      assert.equal(new Set(received).size, received.length, "no ticket was received twice");
      const kept = pair.stored.filter((key) => key.startsWith("responses"));
      assert.deepEqual(kept, [], "nothing is kept for ever");
    }),
  );
});

test("a restarted master answers a request that it had not answered, and gives the same answer to one that it had", async () => {
  const pair = new LossyPair();
  const first = pair.worker.ask("ticket", {});
  const second = pair.worker.ask("ticket", { hold: true });
  pair.deliver();
  pair.commit();
  // The response is lost with the master.
  pair.restartMaster();
  pair.deliver();
  assert.equal(await first, 1);
  assert.deepEqual(pair.tickets.given, [], "the stored answer was sent again");
  const [held] = pair.tickets.held;
  assert.ok(held !== undefined);
  pair.tickets.give(held);
  pair.commit();
  pair.deliver();
  assert.equal(await second, 2);
});

test("a response is not sent before it is committed", async () => {
  const pair = new LossyPair();
  let value: unknown;
  void pair.worker.ask("ticket", {}).then((ticket) => (value = ticket));
  for (let turn = 0; turn < 5; turn++) pair.deliver();
  await null;
  assert.equal(value, undefined);
});

test("what was answered to a cancelled request goes back to its handler", async () => {
  const pair = new LossyPair();
  const cancel = new AbortController();
  const asked = pair.worker.ask("ticket", {}, { signal: cancel.signal });
  pair.deliver();
  pair.commit();
  cancel.abort();
  await assert.rejects(asked, { code: "cancelled" });
  pair.deliver();
  assert.deepEqual(pair.tickets.back, [1]);
});

test("a request is refused by name if nothing answers it, if its handler throws, if it is too large, and after the run", async () => {
  const pair = new LossyPair();
  const refused = async (asked: Promise<unknown>) => {
    pair.deliver();
    pair.commit();
    pair.deliver();
    const { code, message } = await asked.then(
      () => assert.fail(),
      (error: RunRequestError) => error,
    );
    return `${code}: ${message}`;
  };
  const { worker } = pair;
  assert.equal(
    await refused(worker.ask("lottery", {})),
    'unknown-request: the master does not know the request "lottery"',
  );
  assert.equal(await refused(worker.ask("ticket", { fail: true })), "failed: no such ticket");
  const large = worker.ask("ticket", { text: "x".repeat(1_000_000) });
  assert.match(await refused(large), /^too-large: ticket: 1,000,011 characters of JSON; at most 1,000,000 can be sent/);
  const late = worker.ask("ticket", { hold: true }, { timeoutMs: 1 });
  assert.equal(await refused(late), "timeout: ticket: the master has not answered in time");
  const open = worker.ask("ticket", { hold: true });
  worker.close();
  assert.equal(await refused(open), "run-ended: the run has ended");
  assert.equal(await refused(worker.ask("ticket", {})), "run-ended: the run has ended");
});

test("outside of a run, the error says where the call is possible", () => {
  assert.throws(() => runRequests("once()"), { message: /^once\(\) needs a run: call it in a task, a hook or setup/ });
});

test("a worker whose socket was lost gets its response over the next one", async () => {
  await using run = await WorkersOfRun.open();
  const tickets = new Tickets([], (record) => run.journal.share(record));
  run.requests.register("ticket", tickets);
  const ask = { type: "request", id: 1, name: "ticket", payload: {} } as const;
  const isResponse = (message: MasterMessage) => message.type === "response";
  const [peer, worker] = await run.running();
  peer.say(ask);
  await run.until(() => peer.heard.some(isResponse));
  peer.socket.terminate();
  await run.until(() => !worker.isConnected);
  const session = { runId: "r", state: "running" as const, elapsedMs: 1, stopped: null, lifecycle: null };
  const again = await run.connect({ session });
  again.say(ask);
  await run.until(() => again.heard.some(isResponse));
  assert.deepEqual(again.heard.find(isResponse), { type: "response", id: 1, result: { value: 1 } });
  assert.deepEqual(tickets.given, [1]);
});
