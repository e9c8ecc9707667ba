import type { Baseline } from "../../src/report/result/baseline.ts";
import { buildBaseline } from "../../src/report/result/build-baseline.ts";
import type { StoredWindow } from "../../src/stats/windows.ts";
import type { RecorderEvent } from "../stats/recorder-events.ts";
import { record, reportOf } from "../stats/recorder-events.ts";
import { failure } from "../store/store-fixture.ts";

const perSecond = 40;

/** One second of a service whose response times lie evenly from 0.5 to 1.5 times `meanMs`. */
export function steadySecond(meanMs: number, failures = 0, names: readonly string[] = ["/jobs"]): RecorderEvent[] {
  return names.flatMap((name) => [
    ...Array.from({ length: perSecond }, (_, position): RecorderEvent => {
      const micros = Math.round(meanMs * 1_000 * (0.5 + position / perSecond));
      return { kind: "request", method: "GET", name, micros, bytesIn: 10, bytesOut: 5, failure: null };
    }),
    ...Array.from({ length: failures }, () => failure("500", name)),
  ]);
}

/** The baseline of a run of so many seconds, each of them like the others but for a few hundredths. */
export function steadyBaseline(
  { seconds = 60, meanMs = 40, failures = 0, names = ["/jobs"] as readonly string[] } = {},
  run: Partial<Baseline["run"]> = {},
): Baseline {
  const windows = Array.from({ length: seconds }, (_, second): StoredWindow => {
    const events = steadySecond(meanMs * (1 + (second % 5) / 100), failures, names);
    const place = { startMs: second * 1_000, widthMs: 1_000 };
    return { ...reportOf(record(events)), ...place, peakUsers: 10, users: [], errors: [] };
  });
  const facts: Baseline["run"] = {
    ...{ id: "20261123-182345-3fa9", name: null, test: "plot-palette", profile: "standard" },
    ...{ host: "http://127.0.0.1:8000", startedAt: "2026-11-23T18:23:45.000Z", durationMs: seconds * 1_000 },
    ...{ workers: 2, peakUsers: 10, verdict: "passed", musterVersion: "0.1.0" },
    ...run,
  };
  return buildBaseline(facts, windows);
}
