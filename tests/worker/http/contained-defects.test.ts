import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { type ContainedDefect, defects } from "../../../src/worker/http/defects.ts";
import { TimerWheel, WheelTimer } from "../../../src/worker/time/timer-wheel.ts";
import { TestClient, TestServer, within, withTimeout } from "./fixture.ts";

const contained: ContainedDefect[] = [];

beforeEach(() => {
  contained.length = 0;
  defects.listen((defect) => contained.push(defect));
});
afterEach(() => defects.listen(null));

/** Bytes that are refused nowhere, and cannot be written: what a mistake of muster's own would be like. */
function unwritable(): Uint8Array {
  return Object.defineProperty(new Uint8Array(20_000), "length", {
    get() {
      throw new RangeError("no length today");
    },
  });
}

test(
  "a throw while a request is written fails that request, on a new connection and in a batch",
  withTimeout,
  async () => {
    await using server = await TestServer.http((_, response) => response.end("ok"));
    using client = new TestClient(server.url, "own");
    const { http } = client;
    const broken = await within(http.post("/new", { body: unwritable() }), "it ends");
    assert.deepEqual(
      [broken.status, broken.error?.kind, broken.error?.message],
      [0, "other", "a defect in muster: RangeError: no length today"],
    );
    // In the turn in which answers are read, requests wait for each other.
    const follow = async (body: Uint8Array | string) => {
      await http.get("/first");
      return await http.post("/batch", { body });
    };
    const outcomes = await within(Promise.all([follow(unwritable()), follow("a"), follow("b")]), "all end");
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      [0, 200, 200],
    );
    assert.equal((await within(http.get("/after"), "the next one ends")).status, 200);
    assert.equal(contained.length, 2);
  },
);

test(
  "an exception while a response is recorded rejects that request, and the user continues",
  withTimeout,
  async () => {
    await using server = await TestServer.http((_, response) => response.setHeader("set-cookie", "a=1").end("ok"));
    using client = new TestClient(server.url);
    const endpoint = client.recorder.endpoint("GET", "/broken");
    const { record } = endpoint;
    endpoint.record = () => {
      throw new RangeError("no room");
    };
    await assert.rejects(within(client.http.get("/broken"), "it ends"), /a defect in muster: RangeError: no room/);
    endpoint.record = record;
    assert.equal((await within(client.http.get("/broken"), "the next one ends")).status, 200);
    assert.equal(contained.length, 1);
  },
);

test("a timer that throws keeps no other from its deadline", () => {
  const wheel = new TimerWheel(10);
  const expired: string[] = [];
  class Timer extends WheelTimer {
    readonly #name: string;
    constructor(name: string) {
      super();
      this.#name = name;
    }
    override expire(): void {
      if (this.#name === "bad") throw new Error("bad timer");
      expired.push(this.#name);
    }
  }
  for (const name of ["a", "bad", "b"]) wheel.add(new Timer(name), 20, 0);
  wheel.advance(30);
  assert.deepEqual(expired.toSorted(), ["a", "b"]);
  assert.deepEqual(
    contained.map(({ message }) => message),
    ["a defect in muster: Error: bad timer"],
  );
});
