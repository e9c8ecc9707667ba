import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { OnceValues } from "../../../src/master/shared/once-values.ts";
import { WorkerRequests } from "../../../src/master/shared/worker-requests.ts";
import type { ResponseMessage } from "../../../src/protocol/master-messages.ts";
import { bearerAuth } from "../../../src/scenario/auth/bearer-auth.ts";
import type { Authenticator } from "../../../src/scenario/definition/authentication.ts";
import type { HttpResponse } from "../../../src/scenario/definition/http.ts";
import type { PendingRequest } from "../../../src/scenario/definition/request-hooks.ts";
import { type OnceContext, once, onceRequest } from "../../../src/scenario/shared/once.ts";
import { useRunRequests } from "../../../src/scenario/shared/run-requests.ts";
import type { SharedRecord } from "../../../src/store/batch.ts";
import { MasterRequests } from "../../../src/worker/shared/master-requests.ts";

const by = {} as OnceContext;
const user = { ...by, http: {} } as OnceContext;

/** A master with workers that ask it, all in this process. */
function runWith(shared: readonly SharedRecord[] = []) {
  const kept = new Map<string, SharedRecord>();
  const workers = new Map<string, MasterRequests>();
  const share = (record: SharedRecord) => {
    if (record.scope === onceRequest) kept.set(record.key, record);
    queueMicrotask(() => master.committed());
  };
  const master = new WorkerRequests({
    journal: { share },
    workers: { findById: (id) => ({ respond: (message) => workers.get(id)?.responded(message) }) },
    shared,
    log: pino({ level: "silent" }),
  });
  const handler = new OnceValues({ share }, shared);
  master.register(onceRequest, handler);
  const worker = (number: number) => {
    const id = `w${number}`;
    const requests = new MasterRequests((message) => master.receive({ number, id }, message));
    workers.set(id, requests);
    return requests;
  };
  return { handler, worker, kept };
}

/** As each worker has its own copy of the test. */
function onWorker<Value>(requests: MasterRequests, act: () => Promise<Value>): Promise<Value> {
  useRunRequests(requests);
  return act();
}

test("a value is made once for the users of all workers, and again when it is to be renewed", async (t) => {
  t.after(() => useRunRequests(null));
  const { worker } = runWith();
  let made = 0;
  const login = () => once("login", async () => ({ token: `t${++made}` }));
  const [first, second] = [login(), login()];
  const [one, two] = [worker(1), worker(2)];
  const all = await Promise.all([
    onWorker(one, () => first.get(user)),
    onWorker(one, () => first.get(user)),
    onWorker(two, () => second.get(user)),
  ]);
  assert.deepEqual([all, made], [[{ token: "t1" }, { token: "t1" }, { token: "t1" }], 1]);
  const renewed = await Promise.all([onWorker(one, () => first.renew(user)), onWorker(two, () => second.renew(user))]);
  assert.deepEqual([renewed, made], [[{ token: "t2" }, { token: "t2" }], 2]);
});

test("a value that expires is made again, by one user", async (t) => {
  t.after(() => useRunRequests(null));
  const { worker } = runWith();
  const requests = worker(1);
  let made = 0;
  const value = once("short", () => ++made, { expiresIn: "40ms" });
  useRunRequests(requests);
  const got = new Set<number>();
  const startMs = Date.now();
  while (got.size < 3) {
    const [a, b] = await Promise.all([value.get(user), value.get(user)]);
    // It may expire between the two.
    assert.ok(b === a || b === a + 1, `${a} and ${b}`);
    got.add(a).add(b);
    await new Promise(setImmediate);
  }
  // None is made before the last tenth of the one before it, which begins after 36 ms. Two clocks may round to a millisecond each.
  const tookMs = Date.now() - startMs;
  assert.ok((made - 1) * 34 <= tookMs, `${made} in ${tookMs} ms`);
  assert.equal(got.size, made);
});

test("an error is for the user that made it; the next one that waits tries again", async (t) => {
  t.after(() => useRunRequests(null));
  const { worker } = runWith();
  let made = 0;
  const login = () =>
    once("login", () => {
      made++;
      if (made === 1) throw new Error("no login");
      return made;
    });
  const [first, second] = [login(), login()];
  const [one, two] = [worker(1), worker(2)];
  const both = await Promise.allSettled([onWorker(one, () => first.get(user)), onWorker(two, () => second.get(user))]);
  assert.equal(both[0]?.status === "rejected" && both[0].reason.message, "no login");
  assert.deepEqual(both[1], { status: "fulfilled", value: 2 });
  assert.equal(await onWorker(one, () => first.get(user)), 2);
});

test("users of one worker that wait do not get the error of the one that makes the value", async (t) => {
  t.after(() => useRunRequests(null));
  const { worker } = runWith();
  const makers: string[] = [];
  const userOf = (name: string) => ({ http: { name } as unknown as OnceContext["http"] });
  const login = once("login", async ({ http }) => {
    makers.push((http as unknown as { name: string }).name);
    await new Promise(setImmediate);
    if (makers.length < 3) throw new Error(`no login ${makers.length}`);
    return makers.length;
  });
  const users = ["ann", "ben", "cy", "di"].map(userOf);
  const got = await onWorker(worker(1), () => Promise.allSettled(users.map((one) => login.get(one))));
  const texts = got.map((one) => (one.status === "fulfilled" ? one.value : one.reason.message));
  assert.deepEqual(texts, ["no login 1", "no login 2", 3, 3]);
  assert.deepEqual(makers, ["ann", "ben", "cy"], "each with its own client");
});

test("after a value that cannot travel to the master, the next user tries again", async (t) => {
  t.after(() => useRunRequests(null));
  const { worker } = runWith();
  useRunRequests(worker(1));
  const values: unknown[] = ["x".repeat(1_000_001), 1n, "short"];
  const value = once("page", () => values.shift());
  await assert.rejects(value.get(user), { code: "too-large" });
  await assert.rejects(value.get(user), {
    name: "InvalidValue",
    message: 'once("page"): JSON cannot represent the bigint 1: Do not know how to serialize a BigInt',
  });
  assert.equal(await value.get(user), "short");
});

test("a lost worker makes nothing: another gets the lease, and its late value is dropped", async (t) => {
  t.after(() => useRunRequests(null));
  const { worker, handler } = runWith();
  const late = Promise.withResolvers<string>();
  const first = once("login", () => late.promise);
  const second = once("login", () => "of the second");
  const [one, two] = [worker(1), worker(2)];
  const ofFirst = onWorker(one, () => first.get(user));
  await new Promise(setImmediate);
  const ofSecond = onWorker(two, () => second.get(user));
  await new Promise(setImmediate);
  handler.lost(1);
  assert.equal(await ofSecond, "of the second");
  handler.returned(1);
  late.resolve("of the first");
  assert.equal(await ofFirst, "of the second");
});

test("a restarted master knows the value", async (t) => {
  t.after(() => useRunRequests(null));
  const before = runWith();
  const requests = before.worker(1);
  assert.equal(await onWorker(requests, () => once("login", () => "kept").get(user)), "kept");
  const after = runWith([...before.kept.values()].map((one) => JSON.parse(JSON.stringify(one))));
  const never = once("login", () => assert.fail("made again"));
  assert.equal(await onWorker(after.worker(2), () => never.get(user)), "kept");
});

test("a response that is sent again states the time that is left by then", (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
  const sent: ResponseMessage[] = [];
  const master = new WorkerRequests({
    journal: { share: () => {} },
    workers: { findById: () => ({ respond: (message) => sent.push(message) }) },
    shared: [],
    log: pino({ level: "silent" }),
  });
  master.register(onceRequest, new OnceValues({ share: () => {} }, []));
  const ask = (id: number, payload: Record<string, unknown>) =>
    master.receive({ number: 1, id: "w1" }, { type: "request", id, name: onceRequest, payload });
  ask(1, { op: "get", name: "login", known: 0 });
  const put = { op: "put", name: "login", lease: 1, value: "token", lifetimeMs: 60_000 };
  ask(2, put);
  master.committed();
  t.mock.timers.setTime(1_045_000);
  ask(2, put);
  const answers = sent.map(({ id, result }) => [id, "value" in result ? result.value : null]);
  const value = { kind: "value", version: 1, value: "token" };
  assert.deepEqual(answers, [
    [1, { kind: "make", lease: 1 }],
    [2, { ...value, leftMs: 60_000, ageMs: 0 }],
    [2, { ...value, leftMs: 15_000, ageMs: 45_000 }],
  ]);
});

/** A run whose login was made some time ago. */
function runWithLogin(value: unknown, agoMs: number) {
  const madeAtMs = Date.now() - agoMs;
  const state = { version: 1, value, madeAtMs, expiresAtMs: null, lease: 1, maker: null };
  return runWith([{ scope: onceRequest, key: "login", value: state }]);
}

test("a refused token is made again, once for the users of all workers", async (t) => {
  t.after(() => useRunRequests(null));
  const { worker } = runWithLogin("t1", 60_000);
  let made = 1;
  const workers = [1, 2].map((number) => {
    const login = once("login", async () => ({ token: `t${++made}` }));
    const users = Array.from({ length: 100 }, () => bearerAuth(login).forUser({ vu: null, http: user.http }));
    return { requests: worker(number), users };
  });
  const send = async (authenticator: Authenticator, service: (token: string) => boolean) => {
    const headers = new Headers();
    const request = { headers } as unknown as PendingRequest;
    for (let attempt = 1; ; attempt++) {
      await authenticator.authorize(request);
      const sent = String(headers.get("authorization"));
      if (service(sent)) return `${sent} ${attempt}`;
      if (attempt > 1 || (await authenticator.refused?.({} as HttpResponse, request)) !== true) return "refused";
    }
  };
  /** The tokens that are accepted at the end, of all users of one worker after the other. */
  const sentBy = async (at: number, service: (token: string) => boolean) => {
    const { requests, users = [] } = workers[at] ?? {};
    useRunRequests(requests ?? null);
    return new Set(await Promise.all(users.map((one) => send(one, service))));
  };
  assert.deepEqual(await sentBy(0, (token) => token === "Bearer t1"), new Set(["Bearer t1 1"]));
  const revoked = (token: string) => token === "Bearer t2";
  assert.deepEqual(await sentBy(0, revoked), new Set(["Bearer t2 2"]));
  // The other worker has the revoked token, and gets the one that was made.
  assert.deepEqual(await sentBy(1, revoked), new Set(["Bearer t2 1"]));
  assert.equal(made, 2);
  // A service that refuses every token is not asked for one after the other.
  assert.deepEqual(await sentBy(0, () => false), new Set(["refused"]));
  assert.equal(made, 2);
});

test("a refused value is replaced by a newer one that is there, and not while it is young", async (t) => {
  t.after(() => useRunRequests(null));
  const { worker } = runWithLogin("v1", 60_000);
  let made = 1;
  const value = once("login", () => `v${++made}`);
  useRunRequests(worker(1));
  assert.equal(await value.get(user), "v1");
  assert.equal(await value.renew(user, "v1"), "v2");
  assert.equal(await value.renew(user, "v1"), "v2", "it is there");
  assert.equal(await value.renew(user, "v2"), "v2", "it is young");
  assert.equal(await value.renew(user), "v3");
});

test("the value can tell how long it can be used", async (t) => {
  t.after(() => useRunRequests(null));
  const { worker, kept } = runWith();
  useRunRequests(worker(1));
  const make = () => ({ token: "t", expires_in: 90 });
  const value = once("login", make, { expiresIn: ({ expires_in }) => `${expires_in}s` });
  await value.get(user);
  const state = kept.get("login")?.value as Record<string, number> | undefined;
  assert.equal((state?.["expiresAtMs"] ?? 0) - (state?.["madeAtMs"] ?? 0), 90_000);
  const wrong = once("other", make, { expiresIn: () => 90 as never });
  await assert.rejects(wrong.get(user), {
    message: /once\("other"\), expiresIn: expected a duration, found the number 90/,
  });
});

test("what is no value, and a call without a user or a run, is said", async (t) => {
  t.after(() => useRunRequests(null));
  const { worker } = runWith();
  assert.throws(() => once("", () => 1), { message: /the name is the string ""/ });
  assert.throws(() => once("a", 5 as never), { message: /once\("a"\): expected a function/ });
  for (const [options, message] of [
    [{ expiresin: "5m" }, 'once("a"): unknown option "expiresin"; write { expiresIn: "55m" }'],
    [{ expiresIn: 5 }, 'once("a"), expiresIn: expected a duration, found the number 5; write "5s" or "5ms"'],
    ["5m", 'once("a"): expected options such as { expiresIn: "55m" }, found the string "5m"'],
  ] as const) {
    assert.throws(() => once("a", () => 1, options as never), { message });
  }
  useRunRequests(null);
  const value = once<unknown>("a", () => undefined);
  await assert.rejects(value.get(user), { message: /once\("a"\)\.get\(vu\) needs a run/ });
  useRunRequests(worker(1));
  await assert.rejects(value.get(by), { message: /expected the user, found an object/ });
  assert.equal(await value.get(user), null);
});
