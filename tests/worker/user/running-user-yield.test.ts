import assert from "node:assert/strict";
import { test } from "node:test";
import type { VirtualUser } from "../../../src/index.ts";
import { echo, TestServer, within, withTimeout } from "../http/fixture.ts";
import { TestUser } from "./test-user.ts";

/** More iterations than a user could do in one turn of the event loop unless it never gave way. */
const enough = 200;

/**
 * Runs a user without pause for `enough` iterations and expects that others had their turn meanwhile: timers,
 * heartbeats and reports of the worker all wait for it.
 */
async function givesWay(task: (vu: VirtualUser<object>) => unknown): Promise<void> {
  await using server = await TestServer.http(echo);
  let turns = 0;
  let iterations = 0;
  const others = setInterval(() => turns++, 0);
  const immediate = setImmediate(() => turns++);
  using user = new TestUser(
    {
      tasks: {
        list: (vu) => {
          iterations++;
          if (turns > 0 || iterations >= enough) user.user.stop();
          return task(vu);
        },
      },
    },
    server.url,
  );
  try {
    await within(user.run(), "the user ends");
    assert.ok(turns > 0, `${iterations} iterations in one turn of the event loop`);
  } finally {
    clearInterval(others);
    clearImmediate(immediate);
  }
}

test("an iteration that does nothing gives way", withTimeout, () => givesWay(() => {}));

test("an iteration that only awaits what is already there gives way", withTimeout, () => givesWay(async () => {}));

test("an iteration that throws gives way", withTimeout, () =>
  givesWay(() => {
    throw new Error("boom");
  }),
);

test("an iteration that waits for its request gives way", withTimeout, () => givesWay((vu) => vu.http.get("/")));

// A forgotten `return` or `await` is the commonest slip in a test; it must not stop the worker's heartbeat.
test("an iteration that does not wait for its request gives way", withTimeout, () =>
  givesWay((vu) => {
    vu.http.get("/").catch(() => {});
  }),
);

// The engine refuses these before anything is sent, so that no I/O is waited for.
test("an iteration whose request cannot be sent gives way", withTimeout, () => givesWay((vu) => vu.http.get("/a b")));

test("an iteration whose header cannot be sent gives way", withTimeout, () =>
  givesWay((vu) => vu.http.get("/", { headers: { authorization: "Bearer \n" } })),
);
