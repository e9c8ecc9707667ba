import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { PermitRequests } from "../../../src/master/shared/permit-requests.ts";
import { WorkerRequests } from "../../../src/master/shared/worker-requests.ts";
import type { ResponseMessage } from "../../../src/protocol/master-messages.ts";

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
