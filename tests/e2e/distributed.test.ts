import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { WebSocket } from "ws";
import { protocolVersion } from "../../src/protocol/version.ts";
import { assertPassed, warningsOf } from "../support/assert-passed.ts";
import { startWorker, talkTo, validHello } from "../support/distributed.ts";
import { assertExact } from "../support/exactness.ts";
import { fixture } from "../support/fixture.ts";
import { MusterRun } from "../support/muster-process.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";
import { patienceMs, waitUntil } from "../support/wait-until.ts";

const freshApi = sampleApiOfFile();

const token = "only for friends";

test("a master and its workers, with strangers at the door", async (t) => {
  const api = await freshApi();
  const words = ["master", fixture("visitors"), `--host=${api.url}`, "--master-bind-port=0", "--expect-workers=2"];
  const master = await MusterRun.start(t, words, { MUSTER_TOKEN: token });
  const port = await master.masterPort();

  await t.test("a wrong token: the worker ends with 104 and one line", async (t) => {
    const workers = ["", "only for foes", `${token} `].map((wrong) => startWorker(t, port, wrong));
    for (const worker of workers) {
      assert.deepEqual(await worker.ended(), { code: 104, signal: null });
      assert.deepEqual(worker.saidLines, [
        "muster: the master refused this worker: the token is wrong or missing (token)",
      ]);
      assert.equal(worker.stdout, "");
    }
  });

  await t.test("another protocol version is refused by name, before the token is looked at", async (t) => {
    const { said, closeCode, closeReason } = await talkTo(t, port, [], {
      introduced: { token: "wrong", protocol: 999 },
    });
    assert.deepEqual([said.length, said[0]?.type, said[0]?.reason], [1, "refused", "protocol-version"]);
    assert.deepEqual([closeCode, closeReason], [4001, "protocol-version"]);
  });

  for (const [what, frame] of [
    ["text that is not JSON", "hello?"],
    ["a binary frame", new Uint8Array([1, 2, 3])],
    ["no hello but another message", { type: "ready" }],
    ["a hello without an introduction", validHello()],
    [
      "an introduction whose nonce is not text",
      { type: "introduction", protocol: protocolVersion, nonce: { $ne: "" } },
    ],
    ["a proof without a challenge", { type: "proof", proof: "0".repeat(64) }],
    ["a list", []],
    ["null", "null"],
  ] as const) {
    await t.test(`${what} instead of an introduction: closed with the reason bad-message`, async (t) => {
      const { said, closeCode, closeReason } = await talkTo(t, port, [frame]);
      assert.deepEqual([said[0]?.type, said[0]?.reason], ["refused", "bad-message"]);
      assert.deepEqual([closeCode, closeReason], [4001, "bad-message"]);
    });
  }

  for (const [what, frame] of [
    ["text that is not JSON", "ready!"],
    ["an unknown message", { type: "reday" }],
    ["a message with a field of the wrong type", { type: "heartbeat", users: "many" }],
    ["a message with a field too many", { type: "ready", really: true }],
    ["a second hello", validHello()],
    ["a binary frame that is no report", new Uint8Array([1, 255, 255])],
    ["an empty binary frame", new Uint8Array()],
    ["a report frame that promises a billion users", new Uint8Array([1, 1, 0, 0, 0, 0, 0, 128, 148, 235, 220, 3])],
  ] as const) {
    await t.test(`${what} after the hello: closed with a reason`, async (t) => {
      const { said, closeCode, closeReason } = await talkTo(t, port, [{ ...validHello(), id: what }, frame], {
        introduced: { token },
      });
      assert.equal(said[0]?.type, "welcome");
      assert.equal(closeCode, 4002);
      assert.match(closeReason, /^bad message: ./);
    });
  }

  await t.test("a browser, which names its origin, is refused at the door", async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { origin: "http://evil.example" });
    const [error] = await once(socket, "error", { signal: AbortSignal.timeout(patienceMs) });
    assert.match(String(error), /Unexpected server response: 401/);
  });

  await t.test("it answers a health check and nothing else", async () => {
    const status = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
    assert.deepEqual([await status("/healthz"), await status("/"), await status("/../healthz/x")], [200, 404, 404]);
  });

  await t.test("none of them has started the run", async () => {
    assert.equal(master.hasEnded, false);
    const { routes } = await api.counts();
    assert.deepEqual(routes, {});
  });

  const workers = [startWorker(t, port, token), startWorker(t, port, token)];
  await waitUntil("requests", async () => (await api.counts()).total > 20);

  await t.test("who talks nonsense in mid-run, or is of another run, is refused", async (t) => {
    const nonsense = await talkTo(t, port, ["nonsense"]);
    assert.equal(nonsense.closeReason, "bad-message");
    const session = { runId: "another", state: "running", elapsedMs: 5, stopped: null, lifecycle: null };
    const other = await talkTo(t, port, [{ ...validHello(), id: "of-another-run", session }], {
      introduced: { token },
    });
    assert.deepEqual([other.said[0]?.type, other.said[0]?.reason], ["refused", "other-run"]);
    assert.equal(master.hasEnded, false);
  });

  await t.test("the run has passed with what its two workers did, exactly", async () => {
    const { code, result } = await master.finished();
    assertPassed(code, result);
    await assertExact(result, api);
    const own = result.workers.filter((worker) => worker.requests > 0);
    assert.deepEqual(
      own.map((worker) => [worker.users, worker.lost]),
      [
        [5, false],
        [5, false],
      ],
    );
    assert.deepEqual(own.map((worker) => worker.pid).sort(), workers.map((worker) => worker.pid).sort());
    assert.deepEqual(result.ledger.missing, []);
    assert.deepEqual(warningsOf(result), []);
  });

  await t.test("both workers end with 0 and without a word", async () => {
    for (const worker of workers) {
      assert.deepEqual(await worker.ended(), { code: 0, signal: null });
      assert.deepEqual([worker.saidLines, worker.stdout], [[], ""]);
    }
  });
});

test("a master without a token lets in the workers of its user, and nobody who has nothing", async (t) => {
  const api = await freshApi();
  const words = ["master", fixture("visitors"), `--host=${api.url}`, "--master-bind-port=0", "--expect-workers=1"];
  const master = await MusterRun.start(t, words);
  const port = await master.masterPort();
  for (const token of ["", "guessed"]) {
    const { said, closeReason } = await talkTo(t, port, [validHello()], { introduced: { token } });
    assert.deepEqual([said.map(({ type }) => type), closeReason], [["refused"], "token"]);
  }
  startWorker(t, port, "");
  assert.equal((await master.ended()).code, 0);
});
