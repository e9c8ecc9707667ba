import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DurationError, formatClock, formatDuration, parseDuration } from "../../src/core/duration.ts";
import { exitCodes } from "../../src/core/errors.ts";
import { assertProperty } from "../support/property.ts";

const dayMs = 86_400_000;

test("durations are read to the millisecond", () => {
  const cases: [string, number][] = [
    ["500ms", 500],
    ["7s", 7_000],
    ["0s", 0],
    ["1.5s", 1_500],
    ["1.001s", 1_001],
    ["0.1ms", 0.1],
    ["90m", 5_400_000],
    ["1h3m7s", 3_787_000],
    ["1h1.5m", 3_690_000],
    ["1d2h3m4s5ms", dayMs + 7_384_005],
    ["1m5ms", 60_005],
    ["365d", 365 * dayMs],
  ];
  for (const [text, milliseconds] of cases) assert.equal(parseDuration(text), milliseconds, text);
});

test("a text that is not a duration is refused in one line that quotes it and shows valid examples", () => {
  const bad = [
    "",
    "q",
    "1h30",
    "30m45",
    "1h2m3",
    "-5s",
    "5 s",
    " 5s",
    "1m1h",
    "1s1s",
    "1.5h3m",
    "5S",
    "s",
    ".5s",
    "5.s",
  ];
  for (const text of [...bad, "1e3s", "1s\n", "366d", "365d1ms", `${"9".repeat(400)}d`, "٣s"]) {
    assert.throws(
      () => parseDuration(text),
      (error) => {
        assert.ok(error instanceof DurationError, text);
        assert.equal(error.code, "bad-duration");
        assert.equal(error.exitCode, exitCodes.badConfiguration);
        assert.ok(error.message.includes(JSON.stringify(text).slice(0, 30)), error.message);
        assert.match(error.message, /^[^\n]*valid examples are "30s", "5m", "1h3m7s", "500ms"$/);
        return true;
      },
    );
  }
});

test("the error names the mistake", () => {
  const reasons: [string, RegExp][] = [
    ["7", /"7" has no unit: write for example "7s"/],
    ["0", /"0" has no unit/],
    ["1h30", /"1h30" has no unit after "30"/],
    ["1m1h", /order d, h, m, s, ms/],
    ["1s1s", /at most once/],
    ["-5s", /is negative/],
    ["5 s", /contains a space/],
    ["1.5h3m", /decimals only in its last number/],
    ["400d", /longer than 365d/],
  ];
  for (const [text, reason] of reasons) assert.throws(() => parseDuration(text), { message: reason });
});

test("property: any text is read as a finite number of milliseconds or refused in one line", () => {
  const piece = fc.oneof(
    fc.nat({ max: 999 }).map(String),
    fc.constantFrom("d", "h", "m", "s", "ms", ".", "-", " ", "\n"),
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join("")),
  );
  assertProperty(
    fc.property(text, (candidate) => {
      try {
        const milliseconds = parseDuration(candidate);
        assert.ok(milliseconds >= 0 && milliseconds <= 365 * dayMs);
      } catch (error) {
        assert.ok(error instanceof DurationError);
        assert.ok(!error.message.includes("\n"));
      }
    }),
  );
});

test("durations are written in the form that is read", () => {
  const cases: [number, string][] = [
    [0, "0s"],
    [500, "500ms"],
    [1_500, "1.5s"],
    [60_000, "1m"],
    [60_500, "1m0.5s"],
    [3_787_000, "1h3m7s"],
    [999.6, "1s"],
    [2 * dayMs, "2d"],
  ];
  for (const [milliseconds, text] of cases) assert.equal(formatDuration(milliseconds), text);
  for (const bad of [-1, Number.NaN, Number.POSITIVE_INFINITY]) assert.throws(() => formatDuration(bad), RangeError);
});

test("property: whole milliseconds survive the round trip", () => {
  const milliseconds = fc.oneof(fc.nat({ max: 10_000_000 }), fc.integer({ min: 0, max: 365 * dayMs }));
  assertProperty(
    fc.property(milliseconds, (value) => {
      assert.equal(parseDuration(formatDuration(value)), value);
    }),
  );
});

test("the clock shows elapsed whole seconds", () => {
  assert.equal(formatClock(0), "00:00");
  assert.equal(formatClock(161_999), "02:41");
  assert.equal(formatClock(3_600_000 + 161_000), "1:02:41");
  assert.equal(formatClock(100 * 3_600_000), "100:00:00");
  assert.equal(formatClock(-5), "00:00");
});

test("a value that is not a string is refused in one line that says what was found and what to write", () => {
  const asText = (value: unknown) => value as string;
  assert.throws(
    () => parseDuration(asText(1)),
    /^DurationError: expected a duration, found the number 1; write "1s" or "1ms"$/,
  );
  for (const value of [
    undefined,
    null,
    ["5s"],
    { s: 5 },
    true,
    5n,
    Symbol("5s"),
    () => "5s",
    -1,
    Number.NaN,
    Infinity,
  ]) {
    assert.throws(
      () => parseDuration(asText(value)),
      /^DurationError: expected a duration, found .*; valid examples are /,
    );
  }
});
