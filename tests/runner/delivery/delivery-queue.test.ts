import assert from "node:assert/strict";
import { test } from "node:test";
import { type DeliveryLimits, DeliveryQueue } from "../../../src/runner/delivery/delivery-queue.ts";
import type { DeliveryTarget } from "../../../src/runner/delivery/delivery-target.ts";
import { type Answer, PostReceiver, taken } from "../../support/servers/post-receiver.ts";
import type { Cleanup } from "../../support/test-process.ts";
import { waitUntil } from "../../support/wait-until.ts";

/** Retries at once, but has all the time that a busy machine needs. */
const eager = { firstDelayMs: 1, longestDelayMs: 5, attemptTimeoutMs: 60_000, drainTimeoutMs: 60_000 };
/** Gives up at once. */
const hasty = { ...eager, drainTimeoutMs: 1 };

function queueTo(
  cleanup: Cleanup,
  url: string,
  limits: Partial<DeliveryLimits> = eager,
  more: Partial<DeliveryTarget> = {},
): { readonly queue: DeliveryQueue; readonly warnings: string[] } {
  const warnings: string[] = [];
  const target = { name: "--receiver", url, headers: { "content-type": "text/plain", authorization: "Bearer abc" } };
  const queue = new DeliveryQueue({ ...target, ...more }, { warn: (text: string) => void warnings.push(text) }, limits);
  cleanup.after(() => queue.close());
  return { queue, warnings };
}

const bytes = (text: string) => new TextEncoder().encode(text);

const status =
  (code: number, headers: Record<string, string> = {}, body = ""): Answer =>
  (response) =>
    response.writeHead(code, headers).end(body);

/** Answers with the first of these, then with the next; the last one remains. */
function inTurn(...answers: Answer[]): Answer {
  return (response, post) => {
    const [answer = taken] = answers;
    if (answers.length > 1) answers.shift();
    answer(response, post);
  };
}

test("bodies arrive in their order, with the headers of the target", async (t) => {
  const receiver = await PostReceiver.start(t);
  const { queue, warnings } = queueTo(t, `${receiver.url}/v1/metrics`);
  for (const text of ["one", "two", "three"]) queue.add(bytes(text));
  assert.equal(await queue.drain(), null);
  assert.deepEqual(receiver.texts, ["one", "two", "three"]);
  assert.deepEqual(warnings, []);
  const [{ path, headers }] = receiver.posts as [(typeof receiver.posts)[0]];
  assert.deepEqual([path, headers.authorization, headers["content-type"]], ["/v1/metrics", "Bearer abc", "text/plain"]);
});

test("what a receiver cannot take now is sent again, in its order, and said once", async (t) => {
  for (const code of [429, 502, 503, 504]) {
    const receiver = await PostReceiver.start(t, inTurn(status(code), status(code), taken));
    const { queue, warnings } = queueTo(t, receiver.url);
    queue.add(bytes("one"));
    queue.add(bytes("two"));
    await waitUntil("both", () => receiver.texts.includes("two"));
    assert.equal(await queue.drain(), null);
    assert.deepEqual(receiver.texts, ["one", "one", "one", "two"]);
    assert.equal(warnings.length, 1, String(warnings));
    assert.match(warnings[0] ?? "", new RegExp(`--receiver: HTTP ${code} .*tried again`));
  }
});

test("what a receiver refuses is not sent again, and its reason is quoted", async (t) => {
  const receiver = await PostReceiver.start(t, inTurn(status(400, {}, "no such tenant\u001b[2J"), taken));
  const { queue, warnings } = queueTo(t, receiver.url);
  queue.add(bytes("one"));
  queue.add(bytes("two"));
  const said = await queue.drain();
  assert.equal(
    said,
    "--receiver: 1 of 2 deliveries did not arrive, but the last one did (HTTP 400 Bad Request: no such tenant [2J)",
  );
  assert.deepEqual(receiver.texts, ["one", "two"]);
  assert.equal(warnings.length, 1);
});

test("a receiver that comes back gets what waited for it", async (t) => {
  const receiver = await PostReceiver.start(t);
  const { queue, warnings } = queueTo(t, receiver.url);
  queue.add(bytes("one"));
  await waitUntil("the first", () => receiver.posts.length === 1);
  await receiver.crash();
  queue.add(bytes("two"));
  queue.add(bytes("three"));
  await waitUntil("a warning", () => warnings.length === 1);
  await receiver.restart();
  assert.equal(await queue.drain(), null);
  assert.deepEqual(receiver.texts, ["one", "two", "three"]);
});

test("a receiver that is gone at the end is said, with how much is missing", async (t) => {
  const receiver = await PostReceiver.start(t);
  const { queue } = queueTo(t, receiver.url, { ...eager, firstDelayMs: 1_000_000, longestDelayMs: 1_000_000 });
  await receiver.crash();
  for (const text of ["one", "two"]) queue.add(bytes(text));
  // The first retry would be much later than the end.
  assert.equal(await queue.drain(), "--receiver: nothing was delivered (ECONNREFUSED)");
});

test("a receiver that never answers does not hold the end", async (t) => {
  const receiver = await PostReceiver.start(t, () => {});
  const { queue } = queueTo(t, receiver.url, hasty);
  queue.add(bytes("one"));
  await waitUntil("the request", () => receiver.posts.length === 1);
  assert.equal(await queue.drain(), "--receiver: nothing was delivered (no answer before the run ended)");
});

test("an attempt without an answer times out, and is repeated", async (t) => {
  const receiver = await PostReceiver.start(
    t,
    inTurn(() => {}, taken),
  );
  const { queue, warnings } = queueTo(t, receiver.url, { ...eager, attemptTimeoutMs: 200 });
  queue.add(bytes("one"));
  await waitUntil("the second attempt", () => receiver.posts.length > 1);
  await queue.drain();
  assert.match(warnings[0] ?? "", /no answer within 0\.2 s/);
});

test("an answer without an end is not read to its end", async (t) => {
  const receiver = await PostReceiver.start(t, (response) => {
    response.writeHead(200);
    const write = () => {
      while (!response.destroyed && response.write("x".repeat(65_536)));
    };
    response.on("drain", write);
    write();
  });
  const { queue } = queueTo(t, receiver.url);
  queue.add(bytes("one"));
  assert.equal(await queue.drain(), null);
});

test("what waits is bounded: the oldest is dropped, and counted", async (t) => {
  const receiver = await PostReceiver.start(t, () => {});
  const { queue } = queueTo(t, receiver.url, { ...eager, mostWaiting: 3 });
  queue.add(bytes("0"));
  await waitUntil("the request", () => receiver.posts.length === 1);
  for (let i = 1; i < 10; i++) queue.add(bytes(String(i)));
  receiver.answer = taken;
  await receiver.crash();
  await receiver.restart();
  assert.match(
    (await queue.drain()) ?? "",
    /^--receiver: 6 of 10 deliveries did not arrive, but the last one did \((ECONNRESET|ECONNREFUSED|UND_ERR_SOCKET|the queue was full)\)$/,
  );
  assert.deepEqual(receiver.texts, ["0", "0", "7", "8", "9"]);
});

test("bytes are bounded, too, but the newest always waits", async (t) => {
  const receiver = await PostReceiver.start(t, () => {});
  const { queue } = queueTo(t, receiver.url, { ...eager, mostWaitingBytes: 10 });
  queue.add(bytes("0"));
  await waitUntil("the request", () => receiver.posts.length === 1);
  for (const text of ["1234", "12345", "123456", "x".repeat(100)]) queue.add(bytes(text));
  receiver.answer = taken;
  await receiver.crash();
  await receiver.restart();
  await queue.drain();
  assert.deepEqual(receiver.texts, ["0", "0", "x".repeat(100)]);
});

test("a body that always fails does not keep the others back", async (t) => {
  const receiver = await PostReceiver.start(t, (response, { body }) => {
    status(body.toString() === "bad" ? 503 : 200)(response, { path: "", headers: {}, body });
  });
  const { queue } = queueTo(t, receiver.url);
  for (const text of ["bad", "one", "two"]) queue.add(bytes(text));
  await waitUntil("those behind it", () => receiver.texts.includes("two"));
  assert.equal(receiver.texts.filter((text) => text === "bad").length, 6);
  assert.match((await queue.drain()) ?? "", /1 of 3 deliveries did not arrive, but the last one did \(HTTP 503/);
});

test("a body that always fails is tried for as long as no other waits", async (t) => {
  const receiver = await PostReceiver.start(t, status(503));
  const { queue } = queueTo(t, receiver.url);
  queue.add(bytes("bad"));
  await waitUntil("many attempts", () => receiver.posts.length > 10);
});

test("the final values arrive although there is no time for those before", async (t) => {
  const receiver = await PostReceiver.start(t, (response, post) => {
    if (post.body.toString().startsWith("final")) taken(response, post);
  });
  const { queue } = queueTo(t, receiver.url, { ...eager, olderTimeoutMs: 50 });
  for (const text of ["one", "two"]) queue.add(bytes(text));
  for (const text of ["final 1", "final 2"]) queue.add(bytes(text), true);
  assert.match((await queue.drain()) ?? "", /2 of 4 deliveries did not arrive, but the last one did/);
  assert.deepEqual(receiver.texts.slice(-2), ["final 1", "final 2"]);
});

test("a wait before a retry does not take the time of the final values", async (t) => {
  const receiver = await PostReceiver.start(t, (response, post) => {
    (post.body.toString() === "final" ? taken : status(503))(response, post);
  });
  const { queue } = queueTo(t, receiver.url, { ...eager, firstDelayMs: 200_000, longestDelayMs: 200_000 });
  for (const text of ["one", "two"]) queue.add(bytes(text));
  queue.add(bytes("final"), true);
  assert.match((await queue.drain()) ?? "", /2 of 3 deliveries did not arrive, but the last one did/);
});

test("a wait that the receiver asks for is kept, and given up if it is longer than the end takes", async (t) => {
  const receiver = await PostReceiver.start(t, status(429, { "retry-after": "3600" }));
  const { queue } = queueTo(t, receiver.url);
  queue.add(bytes("one"));
  await waitUntil("the request", () => receiver.posts.length === 1);
  assert.equal(await queue.drain(), "--receiver: nothing was delivered (HTTP 429 Too Many Requests)");
  assert.equal(receiver.posts.length, 1);
});

test("the answer of a receiver with a secret address is not quoted", async (t) => {
  const receiver = await PostReceiver.start(t, status(404, {}, "Cannot POST /services/T0/B0/key"));
  const { queue, warnings } = queueTo(t, receiver.url, eager, { isQuotable: false });
  queue.add(bytes("one"));
  assert.equal(await queue.drain(), "--receiver: nothing was delivered (HTTP 404)");
  assert.deepEqual(warnings, ["--receiver: refused with HTTP 404; refused data is not sent again"]);
});

test("a redirect is not followed: the credentials are not for another address", async (t) => {
  const other = await PostReceiver.start(t);
  const receiver = await PostReceiver.start(t, status(307, { location: other.url }));
  const { queue } = queueTo(t, receiver.url);
  queue.add(bytes("one"));
  assert.equal(await queue.drain(), "--receiver: nothing was delivered (HTTP 307 Temporary Redirect)");
  assert.equal(other.posts.length, 0);
});

test("what a receiver has taken only in part is said", async (t) => {
  const receiver = await PostReceiver.start(t, inTurn(status(200, {}, "partly"), taken));
  const refusedIn = (answer: Uint8Array) => (answer.length === 0 ? null : `answered ${Buffer.from(answer)}`);
  const { queue, warnings } = queueTo(t, receiver.url, eager, { refusedIn });
  queue.add(bytes("one"));
  queue.add(bytes("two"));
  assert.equal(await queue.drain(), "--receiver: 1 of 2 deliveries were taken in part (answered partly)");
  assert.deepEqual(warnings, ["--receiver: not all of it was accepted: answered partly"]);
});

test("a queue that is closed takes nothing more, and says so", async (t) => {
  const receiver = await PostReceiver.start(t);
  const { queue } = queueTo(t, receiver.url);
  queue.close();
  queue.close();
  queue.add(bytes("one"));
  assert.equal(await queue.drain(), "--receiver: nothing was delivered (the run had ended)");
  assert.equal(receiver.posts.length, 0);
});
