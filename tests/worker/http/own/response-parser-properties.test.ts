import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { assertProperty } from "../../../support/property.ts";
import { cutsOf, doubtfulResponse, legalResponse } from "./generated-responses.ts";
import { parse } from "./parsed.ts";

const runs = { factor: 2 };

test("a right response is read as what it says, however it is cut", () => {
  const cutResponse = legalResponse.chain((response) => fc.tuple(fc.constant(response), cutsOf(response.text)));
  assertProperty(
    fc.property(cutResponse, ([{ text, status, body, closes, isAnswerToHead }, cuts]) => {
      const parsed = parse(text, { cuts, isAnswerToHead, closes });
      assert.equal(parsed.outcome, "complete");
      assert.deepEqual([parsed.status, parsed.body, parsed.left], [status, body, 0]);
      if (closes) assert.equal(parsed.keepsAlive, false);
    }),
    runs,
  );
});

test("two responses in a row are separated", () => {
  assertProperty(
    fc.property(legalResponse, legalResponse, (first, second) => {
      fc.pre(!first.closes);
      const { outcome, left } = parse(first.text + second.text, first);
      assert.deepEqual([outcome, left], ["complete", second.text.length]);
    }),
    runs,
  );
});

test("invalid responses have the same outcome however they are split, and never a body longer than the data", () => {
  const cutText = doubtfulResponse.chain((response) => fc.tuple(fc.constant(response), cutsOf(response.text)));
  assertProperty(
    fc.property(cutText, fc.boolean(), ([{ text, isAnswerToHead }, cuts], closes) => {
      const whole = parse(text, { isAnswerToHead, closes });
      assert.deepEqual(parse(text, { isAnswerToHead, closes, cuts }), whole);
      assert.ok(whole.body.length <= text.length);
    }),
    { factor: 5 },
  );
});

test("any bytes at all", () => {
  assertProperty(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, hasHead) => {
      const head = hasHead ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" : "HTTP/1.";
      const text = head + Buffer.from(bytes).toString("latin1");
      const cuts = Array.from({ length: text.length - 1 }, (_, index) => index + 1);
      assert.deepEqual(parse(text), parse(text, { cuts }));
    }),
    runs,
  );
});
