import assert from "node:assert/strict";
import { test } from "node:test";
import { ProtocolError } from "../../../src/protocol/channel.ts";
import { Outbox, UnacknowledgedFrames } from "../../../src/worker/link/outbox.ts";

test("an acknowledgement of a report that was not sent is refused, and takes nothing away", () => {
  const frames = new UnacknowledgedFrames();
  for (const sequence of [1, 2]) frames.add(sequence, new Uint8Array());
  assert.throws(() => frames.acknowledged(3), ProtocolError);
  assert.equal(frames.size, 2);
  frames.acknowledged(2);
  assert.equal(frames.size, 0);
  assert.throws(() => frames.acknowledged(3), ProtocolError);
});

test("a hello has the secret of the worker once there is one", () => {
  const outbox = new Outbox("1");
  assert.ok(!("secret" in outbox.hello(0)));
  outbox.secret = "s";
  assert.equal(outbox.hello(0).secret, "s");
  assert.equal(outbox.hello(0).id, outbox.hello(1).id);
});
