import assert from "node:assert/strict";
import { test } from "node:test";
import { localDateTime, localTime, withLocalTimes } from "../../../src/ui/data/local-time.ts";

test("a time is that of the reader's zone, and names how far that is from UTC, on that day", () => {
  const winter = "2026-01-15T23:05:09.250Z";
  const shown = (zone: string, at: string = winter) => localDateTime(at, zone);
  assert.equal(shown("UTC"), "2026-01-15 23:05:09 UTC");
  assert.equal(shown("Europe/Berlin"), "2026-01-16 00:05:09 UTC+1");
  assert.equal(shown("Europe/Berlin", "2026-07-15T23:05:09Z"), "2026-07-16 01:05:09 UTC+2");
  assert.equal(shown("America/New_York"), "2026-01-15 18:05:09 UTC-5");
  assert.equal(shown("Asia/Kolkata"), "2026-01-16 04:35:09 UTC+5:30");
  assert.equal(shown("America/St_Johns"), "2026-01-15 19:35:09 UTC-3:30");
  assert.equal(shown("Pacific/Kiritimati"), "2026-01-16 13:05:09 UTC+14");
});

test("a time of a log line is ms since 1970", () => {
  const at = Date.UTC(2026, 10, 29, 0, 0, 1);
  assert.deepEqual(localTime(at, "UTC"), { date: "2026-11-29", clock: "00:00:01", offset: "UTC" });
});

test("times in the master's texts become the reader's, and nothing else changes", () => {
  const text = "its master last wrote at 2026-11-29T15:20:05.123Z, 2 of 3 runs, p95 < 2026";
  assert.equal(
    withLocalTimes(text, "Asia/Tokyo"),
    "its master last wrote at 2026-11-30 00:20:05 UTC+9, 2 of 3 runs, p95 < 2026",
  );
});
