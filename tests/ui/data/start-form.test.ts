import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseDuration } from "../../../src/core/duration.ts";
import { durationText, emptyDraft, readForm } from "../../../src/ui/data/start-form.ts";
import { assertProperty } from "../../support/property.ts";

test("what was not typed is not asked for", () => {
  assert.deepEqual(readForm(emptyDraft("standard")), { kind: "request", request: { profile: "standard" } });
});

test("what was typed is asked for in the API's units", () => {
  const draft = {
    ...emptyDraft("standard"),
    users: " 40 ",
    spawnRate: "2.5",
    duration: "1m30s",
    host: " http://a ",
    classes: { Admin: "0", Shopper: "" },
  };
  assert.deepEqual(readForm(draft), {
    kind: "request",
    request: {
      profile: "standard",
      users: 40,
      spawnRate: 2.5,
      durationMs: 90_000,
      host: "http://a",
      classes: { Admin: 0 },
    },
  });
});

test("each thing that cannot be read is named with its field", () => {
  const draft = { ...emptyDraft("p"), users: "4.5", spawnRate: "fast", duration: "90", classes: { Admin: "-1" } };
  const read = readForm(draft);
  assert.equal(read.kind, "problems");
  assert.deepEqual(read.kind === "problems" ? read.problems.map(({ field }) => field) : [], [
    "users",
    "spawnRate",
    "durationMs",
    "classes.Admin",
  ]);
});

test("a duration is shown as it would be typed", () => {
  assert.equal(durationText(5_400_000), "1h30m");
  assertProperty(
    fc.property(fc.nat(30 * 86_400_000), (ms) => {
      assert.equal(parseDuration(durationText(ms)), ms);
    }),
  );
});
