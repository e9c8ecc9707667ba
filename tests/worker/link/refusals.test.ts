import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { ProtocolError } from "../../../src/protocol/channel.ts";
import type { RefusalReason } from "../../../src/protocol/version.ts";
import { errorOf, MasterLostError } from "../../../src/worker/link/link-end.ts";
import type { LinkEnd } from "../../../src/worker/link/link-messages.ts";
import { happens } from "../../protocol/socket-pair.ts";
import { patienceMs } from "../../support/wait-until.ts";
import { ScriptedMaster } from "./scripted-master.ts";
import { TestLink } from "./test-link.ts";

const withTimeout = { timeout: patienceMs };

async function endOf(worker: TestLink): Promise<LinkEnd> {
  await worker.until("the end", () => worker.of("ended").length === 1);
  const [{ end } = { end: null }] = worker.of("ended");
  if (end === null) throw new Error("it has not ended");
  return end;
}

/** A worker that was in, and is refused when it comes back. */
async function refusedAgain(reason: RefusalReason): Promise<{ end: LinkEnd; visits: number }> {
  await using master = await ScriptedMaster.listen({ acknowledges: false });
  await using worker = new TestLink(master.url);
  worker.report(1, 2);
  await worker.until("it is in", () => worker.heard.includes("welcome"));
  worker.link.progress({ state: "running", stopped: null, lifecycle: null });
  master.manners.answersHello = false;
  (await master.visit(1)).cut();
  (await master.visit(2)).send({ type: "refused", reason, message: `not you (${reason})` });
  return { end: await endOf(worker), visits: master.visits.length };
}

test("a worker that is not let in ends, and does not try again", withTimeout, async () => {
  await using master = await ScriptedMaster.listen({ answersHello: false });
  await using worker = new TestLink(master.url);
  (await master.visit(1)).send({ type: "refused", reason: "token", message: "the token is wrong (token)" });
  const error = errorOf(await endOf(worker), worker.link.url);
  assert.ok(error instanceof ConfigurationError);
  assert.match(error.message, /^the master refused this worker: the token is wrong \(token\)$/);
  assert.equal(master.visits.length, 1);
});

for (const reason of ["other-run", "run-closed"] as const) {
  test(`a worker that comes back to find "${reason}" has lost its master, with what it had`, withTimeout, async () => {
    const { end, visits } = await refusedAgain(reason);
    const error = errorOf(end, "");
    assert.ok(error instanceof MasterLostError);
    assert.equal(
      error.message,
      `the master refused this worker: not you (${reason}); 2 reports of run r1 were not delivered`,
    );
    assert.equal(visits, 2);
  });
}

test("a token that is wrong all at once is bad configuration", withTimeout, async () => {
  const { end } = await refusedAgain("token");
  assert.ok(errorOf(end, "") instanceof ConfigurationError);
});

test("a report that the master cannot take is not sent again: the worker ends, and says why", withTimeout, async () => {
  await using master = await ScriptedMaster.listen({ acknowledges: false });
  await using worker = new TestLink(master.url);
  worker.report(1, 2);
  const visit = await master.visit(1);
  await worker.until("both are there", () => visit.frames.length === 2);
  visit.refuse("bad message: unknown phase 99");
  const error = errorOf(await endOf(worker), "");
  assert.ok(error instanceof ProtocolError);
  assert.equal(
    error.message,
    "the master refused this worker: a report of this worker was not valid: bad message: unknown phase 99 (bad-report); 2 reports of run r1 were not delivered",
  );
  assert.deepEqual([master.visits.length, worker.of("disconnected").length], [1, 0]);
});

test("a report that is too large for the master is not sent again", withTimeout, async () => {
  await using master = await ScriptedMaster.listen({ maxPayload: 10_000 });
  await using worker = new TestLink(master.url);
  await worker.until("it is in", () => worker.heard.includes("welcome"));
  worker.link.report(1, new Uint8Array(20_000));
  const end = await endOf(worker);
  assert.deepEqual([end.kind, end.kind === "refused" && end.reason], ["refused", "bad-report"]);
  assert.match(errorOf(end, "").message, /too large \(1009\).*; 1 report of run r1 was not delivered$/);
  assert.equal(master.visits.length, 1);
});

test("a master that says what is no message is not asked again", withTimeout, async () => {
  await using master = await ScriptedMaster.listen();
  await using worker = new TestLink(master.url);
  (await master.visit(1)).sayNonsense();
  const error = errorOf(await endOf(worker), "");
  assert.ok(error instanceof ProtocolError);
  assert.match(error.message, /^the master sent a message that this worker cannot read: bad message: not JSON$/);
  assert.equal(master.visits.length, 1);
});

test("a welcome to another run is another run's", withTimeout, async () => {
  await using master = await ScriptedMaster.listen();
  await using worker = new TestLink(master.url);
  await worker.until("it is in", () => worker.heard.includes("welcome"));
  await master[Symbol.asyncDispose]();
  await using other = await ScriptedMaster.listen({ port: master.port, runId: "r2" });
  const error = errorOf(await endOf(worker), worker.link.url);
  assert.ok(error instanceof MasterLostError);
  assert.match(error.message, /run r2/);
  assert.equal(other.visits.length, 1);
});

test("another server is no master; but while one is looked for again, it may be a proxy's", withTimeout, async () => {
  const web = createServer((_, response) => response.writeHead(502).end()).listen(0, "127.0.0.1");
  await happens(web, "listening");
  const { port } = web.address() as { port: number };
  await using stranger = new TestLink(`ws://127.0.0.1:${port}`);
  const error = errorOf(await endOf(stranger), stranger.link.url);
  assert.ok(error instanceof ConfigurationError);
  assert.match(error.message, /is not a muster master: unexpected server response: 502$/);
  web.close();
  await happens(web, "close");

  const master = await ScriptedMaster.listen({ port });
  await using worker = new TestLink(master.url);
  await worker.until("it is in", () => worker.heard.includes("welcome"));
  await master[Symbol.asyncDispose]();
  let answered = 0;
  const proxy = createServer((_, response) => {
    answered++;
    response.writeHead(502).end();
  }).listen(port, "127.0.0.1");
  await worker.until("it is turned away", () => answered >= 2);
  proxy.close();
  proxy.closeAllConnections();
  await happens(proxy, "close");
  await using again = await ScriptedMaster.listen({ port });
  await again.visit(1);
  assert.deepEqual(worker.of("ended"), []);
});

test("a URL that is none is bad configuration", withTimeout, async () => {
  await using worker = new TestLink("ws://bad host:1");
  const error = errorOf(await endOf(worker), worker.link.url);
  assert.ok(error instanceof ConfigurationError);
  assert.match(error.message, /^ws:\/\/bad host:1 is not a muster master: invalid url/);
});

test("one report is named in the singular, none is not mentioned", () => {
  const lost = (reports: number) =>
    errorOf({ kind: "lost", reason: "gone", left: { runId: "r", reports } }, "").message;
  assert.equal(lost(0), "lost the master: gone");
  assert.equal(lost(1), "lost the master: gone; 1 report of run r was not delivered");
  assert.equal(lost(2), "lost the master: gone; 2 reports of run r were not delivered");
});

test("a defect in the thread is reported, and the thread ends", withTimeout, async () => {
  await using worker = new TestLink("ws://127.0.0.1:1");
  worker.link.progress(null as never);
  await assert.rejects(worker.link.defect, TypeError);
});
