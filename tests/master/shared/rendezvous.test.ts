import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { Rendezvous } from "../../../src/master/shared/rendezvous.ts";
import { WorkerRequests } from "../../../src/master/shared/worker-requests.ts";
import type { ResponseMessage } from "../../../src/protocol/master-messages.ts";
import { rendezvousRequest } from "../../../src/protocol/user-requests.ts";
import { waitUntil } from "../../support/wait-until.ts";

/** A master with a rendezvous, and what it has answered, by "worker/request". */
function meetingPlace() {
  const answers = new Map<string, unknown>();
  const socketOf = (worker: string) => ({
    respond: ({ id, result }: ResponseMessage) => {
      answers.set(`${worker}/${id}`, "value" in result ? result.value : result.error.message);
    },
  });
  const requests = new WorkerRequests({
    journal: { share: () => queueMicrotask(() => requests.committed()) },
    workers: { findById: socketOf },
    shared: [],
    log: pino({ level: "silent" }),
  });
  requests.register(rendezvousRequest.name, new Rendezvous());
  const come = (worker: number, id: number, users: number, timeoutMs = 60_000, name = "start") =>
    requests.receive(
      { number: worker, id: String(worker) },
      {
        type: "request",
        id,
        name: rendezvousRequest.name,
        payload: { name, users, timeoutMs },
      },
    );
  const go = (worker: number, id: number) =>
    requests.receive({ number: worker, id: String(worker) }, { type: "request-cancelled", id });
  const answered = async () => {
    await new Promise(setImmediate);
    return Object.fromEntries([...answers].filter(([, value]) => value !== "the request was cancelled"));
  };
  return { requests, come, go, answered };
}

test("users of several workers meet when as many as were wanted wait, and the next ones meet again", async () => {
  const { come, answered } = meetingPlace();
  come(1, 1, 3);
  come(2, 1, 3);
  assert.deepEqual(await answered(), {});
  come(1, 2, 3);
  assert.deepEqual(await answered(), { "1/1": true, "2/1": true, "1/2": true });
  come(1, 3, 3);
  come(1, 4, 3, 60_000, "another place");
  come(2, 2, 3);
  assert.equal(Object.keys(await answered()).length, 3);
  come(3, 1, 3);
  assert.equal(Object.keys(await answered()).length, 6);
});

test("when the time of the first one has passed, all that wait go on without the others", async () => {
  const { come, answered } = meetingPlace();
  come(1, 1, 3, 30);
  come(2, 1, 3, 60_000);
  await waitUntil("the end of the wait", async () => Object.keys(await answered()).length === 2);
  assert.deepEqual(await answered(), { "1/1": false, "2/1": false });
});

test("a timeout that is longer than a timer of Node.js can be does not end at once", async () => {
  const { come, answered } = meetingPlace();
  come(1, 1, 3, 30 * 86_400_000, "patient");
  come(1, 2, 3, 20, "short");
  await waitUntil("the end of the short wait", async () => Object.keys(await answered()).length > 0);
  assert.deepEqual(await answered(), { "1/2": false });
});

test("a user that goes does not count, and an empty meeting is forgotten", async () => {
  const { come, go, answered } = meetingPlace();
  come(1, 1, 2);
  go(1, 1);
  come(1, 2, 2);
  assert.deepEqual(await answered(), {});
  come(2, 1, 2);
  assert.deepEqual(await answered(), { "1/2": true, "2/1": true });
});

test("users of a lost worker count again when it returns", async () => {
  const { requests, come, answered } = meetingPlace();
  come(1, 1, 3);
  come(2, 1, 3);
  requests.lost(1);
  come(2, 2, 3);
  assert.deepEqual(await answered(), {}, "one of the three is lost");
  requests.returned(1);
  assert.deepEqual(await answered(), { "1/1": true, "2/1": true, "2/2": true });
});

test("a worker that was lost before the load began is back with its first request", async () => {
  const { requests, come, answered } = meetingPlace();
  requests.lost(1);
  come(1, 1, 2);
  come(2, 1, 2);
  assert.deepEqual(await answered(), { "1/1": true, "2/1": true });
});

test("users that want another number of users at the same place are refused", async () => {
  const { come, answered } = meetingPlace();
  come(1, 1, 3);
  come(1, 2, 4);
  assert.deepEqual(await answered(), {
    "1/2": 'vu.rendezvous("start"): users is 4, but others wait there for 3 users',
  });
});
