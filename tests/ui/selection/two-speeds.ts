import { parseThresholds } from "../../../src/core/thresholds/threshold.ts";
import type { RunReport } from "../../../src/report/page/model.ts";
import { buildRunReport } from "../../../src/report/page/run-report.ts";
import type { HealthSample } from "../../../src/stats/health-sample.ts";
import { facts, withRecorded } from "../../report/recorded-run.ts";
import type { RecorderEvent } from "../../stats/recorder-events.ts";
import { delta, failure, requests } from "../../store/store-fixture.ts";

export const seconds = 300;
const task = (className: string): RecorderEvent => ({ kind: "task", scenario: "default", className, task: 0 });
const ofUser = (micros: number): RecorderEvent => ({ kind: "sample", series: "slice", name: 'class:"User"', micros });

/** Half of the shortest time, until the first byte. */
const waiting = (one: RecorderEvent) => ({ ...one, phases: [{ phase: 4, micros: 5_000 }] }) as RecorderEvent;

/** Each second of each worker has as many requests as its number. */
function sample(number: number, second: number): HealthSample {
  return {
    ...{ atMs: second * 1_000, widthMs: 1_000, requests: number, utilisation: second < 150 ? 0.25 : 0.75 },
    ...{ loopDelayP99Ms: 1 + (second % 7), loopDelayMaxMs: 9, scheduleLagP99Ms: null, gcMs: 0 },
    ...{ heapAfterGcBytes: 1, rssBytes: 1, cpu: 0.5, sockets: 1, fileDescriptors: 1 },
  };
}

const written = {
  response_time: ["p(95)<50", "p(99)<90", "avg<40", "max<500", "med<30"],
  "response_time{name:/slow}": ["p(95)<50"],
  failures: ["rate<0.05"],
  "failures{name:/slow}": ["rate<0.05"],
  requests: ["rate>5"],
  "requests{name:/slow}": ["count>5"],
  bytes_in: ["count>5"],
};

/** Five minutes of two workers: /slow takes 10 ms, from 02:30 on 100 ms and some of its requests fail; /steady always 5 ms. */
export function twoSpeeds(): RunReport {
  return withRecorded(
    [...Array(seconds).keys()].map((second) => {
      const isLate = second >= 150;
      const slow = requests(2, "/slow", isLate ? 100_000 : 10_000).map(waiting);
      const events = [
        ...slow,
        ...(isLate ? [failure("503 Busy", "/slow")] : []),
        task("User"),
        task("Admin"),
        ofUser(7_000),
      ];
      return delta(second, [...events, ...requests(isLate ? 0 : 1, "/steady", 5_000)], {
        users: { User: isLate ? 20 : 10, Admin: 1 },
      });
    }),
    (input) => JSON.parse(JSON.stringify(buildRunReport(input))),
    {
      facts: { ...facts, thresholds: parseThresholds(written) },
      run: { state: "finished" },
      workers: [1, 2].map((number) => ({
        ...{ number, id: `w${number}`, host: "a", pid: number, lastSequence: seconds },
        facts: { requests: number * seconds, lostBecause: null, startSkewMs: null },
      })),
      health: [...Array(seconds).keys()].map((second) => ({
        startMs: second * 1_000,
        widthMs: 1_000,
        samples: new Map([1, 2].map((number) => [number, [sample(number, second)]])),
      })),
    },
  );
}
