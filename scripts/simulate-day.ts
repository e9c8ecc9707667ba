// `npm run simulate-day [-- HOURS]`: what a master holds in memory and on disk over a soak of 24 hours. Time is simulated; the
// frames, their merging and the store are the real ones: 4 workers, 20 endpoints, one report a second each.

import assert from "node:assert/strict";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { ObservedLog } from "../src/master/observe/observed-log.ts";
import { Collector } from "../src/master/record/collector.ts";
import { Journal } from "../src/master/record/journal.ts";
import { StoredRun } from "../src/master/record/stored-run.ts";
import { ByteWriter } from "../src/protocol/bytes.ts";
import { decodeReport, encodeReport } from "../src/protocol/report-frame.ts";
import { IntervalRecorder } from "../src/stats/interval-recorder.ts";
import { Store } from "../src/store/store.ts";
import { fineReport } from "../tests/stats/health-fixtures.ts";
import { lognormalSamples } from "../tests/stats/lognormal-samples.ts";

const [hours = "24"] = process.argv.slice(2);
const workers = 4;
const endpoints = 20;
const samplesPerEndpoint = 25;
/** Distinct contents of reports; they come again and again under other numbers. */
const variants = 20;
const secondsPerHour = 3_600;

const rssMiB = () => Math.round(process.memoryUsage().rss / 1_048_576);

const recorders = Array.from({ length: variants }, (_, variant) => {
  const recorder = new IntervalRecorder();
  for (let position = 0; position < endpoints; position++) {
    const endpoint = recorder.endpoint("GET", `/endpoint/${position}`);
    for (const sample of lognormalSamples(samplesPerEndpoint, variant * endpoints + position)) {
      endpoint.record(sample, sample, 500, 100);
    }
  }
  recorder.completedIterations = endpoints * samplesPerEndpoint;
  return recorder;
});

const folder = await mkdtemp(join(tmpdir(), "muster-day-"));
try {
  const store = Store.open(folder);
  store.createRun({
    id: "day",
    createdAt: new Date().toISOString(),
    testName: "soak",
    profile: "soak",
    host: "http://127.0.0.1:9",
    bundle: { hash: "0", source: "", data: [] },
    specification: {},
    facts: null,
  });
  const rss = simulate(new StoredRun(store, "day"));
  store.close();
  await report(rss);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Returns the resident memory at the end of each hour, in MiB. */
function simulate(storage: StoredRun): number[] {
  const collector = new Collector();
  const rss: number[] = [];
  let second = 0;
  const journal = new Journal(
    {
      ...{ storage, collector, restored: null, log: pino(), nowMs: () => 0 },
      observed: new ObservedLog([], null),
      workers: { find: () => undefined },
      timeline: { elapsedMs: 0 },
    },
    {
      committed: () => collector.recent.close((second + 1) * 1_000),
      superseded: (message) => assert.fail(message),
    },
  );
  const writer = new ByteWriter();
  const users = { peak: 30, byClass: new Map([["User", 30]]) };
  for (; second < Number(hours) * secondsPerHour; second++) {
    for (let worker = 1; worker <= workers; worker++) {
      const recorder = recorders[(second * workers + worker) % variants] as IntervalRecorder;
      const frame = encodeReport(writer, second + 1, { first: second, count: 1 }, recorder, users, fineReport);
      collector.add({ number: worker, takenSequence: second }, decodeReport(frame), (second + 1) * 1_000);
    }
    journal.commit();
    assert.deepEqual(journal.warnings, []);
    if ((second + 1) % secondsPerHour !== 0) continue;
    rss.push(rssMiB());
    console.log(`hour ${rss.length}: ${rss.at(-1)} MiB resident`);
  }
  return rss;
}

async function report(rss: readonly number[]): Promise<void> {
  const { size } = await stat(join(folder, "muster.db"));
  const openedAt = performance.now();
  const store = Store.open(folder);
  const reader = store.reader("day");
  const { requests } = reader.totals().merged();
  const windows = [...reader.windows()].length;
  const openMs = performance.now() - openedAt;
  reader.close();
  store.close();
  const expected = Number(hours) * secondsPerHour * workers * endpoints * samplesPerEndpoint;
  const growth = (rss.at(-1) ?? 0) / (rss[1] ?? rss[0] ?? 1) - 1;
  console.log(`store: ${(size / 1e6).toFixed(1)} MB, ${windows} windows; opened and read in ${Math.round(openMs)} ms`);
  console.log(`memory: ${(growth * 100).toFixed(1)} % from hour 2 to hour ${rss.length}`);
  const problems = [
    ...(requests === expected ? [] : [`${requests} requests are in the store, not ${expected}`]),
    ...(size < 200e6 ? [] : ["the store has 200 MB or more"]),
    ...(openMs < 3_000 ? [] : ["it took 3 s or more to open the run"]),
    ...(growth <= 0.05 ? [] : ["memory grew by more than 5 %"]),
    ...(windows <= 3_600 ? [] : ["there are more than 3,600 windows"]),
  ];
  for (const problem of problems) console.log(`NOT AS PROMISED: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
}
