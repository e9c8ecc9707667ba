import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { describeValue, tagOf } from "../../src/core/describe-value.ts";
import { assertProperty } from "../support/property.ts";

test("a value is described as a person would", () => {
  const cases: [value: unknown, words: string][] = [
    [undefined, "undefined"],
    [null, "null"],
    ["a\nb", 'the string "a\\nb"'],
    ["x".repeat(100), `the string "${"x".repeat(40)}…"`],
    [5, "the number 5"],
    [5n, "the bigint 5"],
    [true, "true"],
    [Symbol("a"), "a symbol"],
    [() => 1, "a function"],
    [[1], "a list"],
    [{}, "an object"],
    [Object.create(null), "an object"],
    [Promise.resolve(1), "a promise"],
    [new Map(), "a Map"],
    [new Error("x"), "an Error"],
    [new Uint8Array(1), "a Uint8Array"],
    [new Int8Array(1), "an Int8Array"],
    [new Headers(), "a Headers"],
  ];
  for (const [value, words] of cases) assert.equal(describeValue(value), words);
});

test("describing a value never throws and never needs more than a line", () => {
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const throwing = new Proxy({}, { get: () => assert.fail(), getPrototypeOf: () => assert.fail() });
  const tagged = { [Symbol.toStringTag]: "a\nb" };
  for (const value of [revoked.proxy, throwing, tagged]) {
    assert.doesNotMatch(describeValue(value), /\n/);
    assert.equal(typeof tagOf(value), "string");
  }
  assertProperty(
    fc.property(fc.anything({ withBigInt: true, withNullPrototype: true, withTypedArray: true }), (value) => {
      assert.match(describeValue(value), /^[^\n]{1,200}$/);
    }),
  );
});
