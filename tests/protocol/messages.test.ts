import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type * as z from "zod";
import { ProtocolError, parseMessage } from "../../src/protocol/channel.ts";
import { masterMessage } from "../../src/protocol/master-messages.ts";
import { scenarioSpec } from "../../src/protocol/scenario-spec.ts";
import { hello, workerMessage } from "../../src/protocol/worker-messages.ts";
import { assertProperty } from "../support/property.ts";
import { helloExample, masterExamples, sessionExamples, specExamples, workerExamples } from "./message-examples.ts";

const senders: readonly { name: string; schema: z.ZodType; examples: readonly object[] }[] = [
  { name: "a master", schema: masterMessage, examples: Object.values(masterExamples) },
  { name: "a worker", schema: workerMessage, examples: Object.values(workerExamples) },
  { name: "a scenario (its kind first)", schema: scenarioSpec, examples: Object.values(specExamples) },
];

const parse = (schema: z.ZodType, value: unknown) => parseMessage(schema, JSON.stringify(value));

/** A value of another JSON type; a nullable field otherwise is a number or an object. */
function illTyped(value: unknown): unknown {
  if (typeof value === "object" && value !== null) return 1;
  return typeof value === "string" ? 1 : "1";
}

for (const { name, schema, examples } of senders) {
  test(`every message of ${name} arrives as it was sent`, () => {
    for (const example of examples) assert.deepEqual(parse(schema, example), example);
  });

  test(`a message of ${name} with a missing, extra or mistyped field is refused with the field's name`, () => {
    for (const example of examples) {
      assert.throws(() => parse(schema, { ...example, surplus: 1 }), /^ProtocolError: message: .*surplus/);
      for (const [field, value] of Object.entries(example)) {
        const named = new RegExp(`^ProtocolError: ${field}[:.]`);
        const { [field]: _, ...without } = example as Record<string, unknown>;
        assert.throws(() => parse(schema, without), named, `${JSON.stringify(example)} without ${field}`);
        assert.throws(() => parse(schema, { ...example, [field]: illTyped(value) }), named, `${field} ill-typed`);
      }
    }
  });

  test(`any JSON value is a message of ${name} or refused`, () => {
    const anyJson = fc.oneof(
      fc.jsonValue(),
      fc
        .tuple(fc.constantFrom(...examples), fc.dictionary(fc.string(), fc.jsonValue()))
        .map(([example, fields]) => ({ ...example, ...(fields as object) })),
    );
    assertProperty(
      fc.property(anyJson, (value) => {
        let message: unknown;
        try {
          message = parse(schema, value);
        } catch (error) {
          assert.ok(error instanceof ProtocolError, `${error}`);
          return;
        }
        assert.deepEqual(message, JSON.parse(JSON.stringify(value)), "an accepted message is taken as it is");
      }),
    );
  });

  test(`any text is a message of ${name} or refused`, () => {
    assertProperty(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        assert.throws(() => parseMessage(schema, text), ProtocolError);
      }),
    );
  });
}

test("text that is not JSON is refused with its cause", () => {
  for (const text of ["", "{", "nonsense", "[".repeat(200_000)]) {
    assert.throws(
      () => parseMessage(workerMessage, text),
      (error) => error instanceof ProtocolError && error.message === "not JSON" && error.cause instanceof Error,
    );
  }
});

test("numbers that JSON cannot hold, or that are not whole where they must be, are refused", () => {
  const heartbeat = (users: string) =>
    parseMessage(workerMessage, `{"type":"heartbeat","users":${users},"blockedMs":0,"wallMs":1}`);
  for (const users of ["1e400", "1.5", "9007199254740993", "null", "-1"]) {
    assert.throws(() => heartbeat(users), /^ProtocolError: users:/, users);
  }
});

// A newer worker may send more than this master knows, and must still learn that its version does not match.
test("a hello may have unknown fields, but no missing ones", () => {
  assert.deepEqual(parse(hello, { ...helloExample, cores: 8 }), helloExample);
  for (const field of Object.keys(helloExample)) {
    const { [field]: _, ...without } = helloExample as unknown as Record<string, unknown>;
    assert.throws(() => parse(hello, without), ProtocolError, field);
  }
  assert.throws(() => parse(hello, { ...helloExample, id: "x".repeat(201) }), /^ProtocolError: id:/);
});

test("a hello has the complete state of the worker in its run, or none", () => {
  for (const session of sessionExamples) {
    assert.deepEqual(parse(hello, { ...helloExample, session }), { ...helloExample, session });
    for (const field of Object.keys(session)) {
      const { [field]: _, ...without } = session as unknown as Record<string, unknown>;
      assert.throws(() => parse(hello, { ...helloExample, session: without }), ProtocolError, field);
    }
    assert.throws(() => parse(hello, { ...helloExample, session: { ...session, state: "lost" } }), ProtocolError);
    assert.throws(() => parse(hello, { ...helloExample, session: { ...session, lifecycle: {} } }), ProtocolError);
  }
});
