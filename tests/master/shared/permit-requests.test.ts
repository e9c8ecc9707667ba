import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { PermitRequests } from "../../../src/master/shared/permit-requests.ts";
import { WorkerRequests } from "../../../src/master/shared/worker-requests.ts";
import type { ResponseMessage } from "../../../src/protocol/master-messages.ts";
import type { SharedRecord } from "../../../src/store/batch.ts";

/** A master with 2 permits, and the answers to its workers, of which numbers are ids. */
function masterOf(watches: boolean) {
  const answers: [worker: string, id: number, result: ResponseMessage["result"]][] = [];
  const journal = { share: () => {} };
  const findById = (id: string) => ({
    respond: (message: ResponseMessage) => answers.push([id, message.id, message.result]),
  });
  const requests = new WorkerRequests({ journal, workers: { findById }, shared: [], log: pino({ level: "silent" }) });
  const permits = new PermitRequests({
    ...{ most: 2, maxRequestsPerSecond: null, shared: [], journal, elapsedMs: () => 0 },
    watches: () => watches,
    used: () => {},
  });
  requests.register("permits", permits);
  const ask = (worker: number, id: number, [used, unused, wanted]: readonly [number, number, number]) => {
    const payload = { used, unused, wanted };
    requests.receive({ number: worker, id: `${worker}` }, { type: "request", id, name: "permits", payload });
    requests.committed();
    return answers.findLast(([to, of]) => to === `${worker}` && of === id)?.[2] ?? null;
  };
  return { requests, ask, answers };
}

for (const watches of [false, true]) {
  test(`a worker that asked for permits, was lost and is back gets them (its end is noticed: ${watches})`, () => {
    const { requests, ask, answers } = masterOf(watches);
    for (const id of [1, 2]) assert.ok(ask(1, id, [0, 0, 1]), "all permits are with worker 1");
    assert.equal(ask(2, 1, [0, 0, 1]), null, "worker 2 waits");
    requests.lost(2);
    ask(1, 3, [1, 1, 0]);
    requests.committed();
    assert.ok(!answers.some(([worker]) => worker === "2"), "a lost worker gets none");
    requests.returned(2);
    const granted = ask(2, 1, [0, 0, 1]);
    assert.deepEqual(granted, { value: { count: 1, firstMs: 60, everyMs: 0, isOver: false } });
  });
}

test("a resumed run ends at its number of requests, too, if a worker was lost before with permits", () => {
  const stored: SharedRecord[] = [];
  const ends: number[] = [];
  const masterWith = (shared: readonly SharedRecord[], lostBefore: readonly number[]) =>
    new PermitRequests({
      ...{ most: 10, maxRequestsPerSecond: null, shared, lostBefore, elapsedMs: () => 0, watches: () => false },
      journal: { share: (record) => stored.push(structuredClone(record)) },
      used: (uncertain) => ends.push(uncertain),
    });
  const ask = (master: PermitRequests, worker: number, [used, wanted]: readonly [number, number]) => {
    const payload = { used, unused: 0, wanted };
    master.handle({ worker, workerId: `${worker}`, id: 1, payload, respond: () => {}, refuse: assert.fail });
  };
  const first = masterWith([], []);
  ask(first, 1, [0, 1]);
  first.lost(1);
  const second = masterWith(stored.slice(-1), [1]);
  for (let used = 0; used < 9; used++) ask(second, 2, [used, 1]);
  ask(second, 2, [9, 0]);
  assert.deepEqual(ends, [1]);
});
