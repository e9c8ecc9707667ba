import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { buildRunReport } from "../../../src/report/page/run-report.ts";
import type { Result } from "../../../src/report/result/result-schema.ts";
import { Store } from "../../../src/store/store.ts";
import { delta, requests } from "../../store/store-fixture.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { withRecorded } from "../recorded-run.ts";

test("the metrics of a recorded run over time add up to those of its result", async (t) => {
  const file = path.join(import.meta.dirname, "../recorded-runs/with-end/passed");
  const folder = await temporaryFolder(t);
  await writeFile(path.join(folder, "muster.db"), gunzipSync(await readFile(`${file}.db.gz`)));
  const result = JSON.parse(gunzipSync(await readFile(`${file}.result.json.gz`)).toString()) as Result;
  const store = Store.open(folder);
  const recording = store.reader(result.run.id);
  t.after(() => {
    recording.close();
    store.close();
  });
  const run = store.run(result.run.id);
  if (run === undefined) throw new Error("the run is not stored");
  const { own } = buildRunReport({ run, recording, result });
  assert.deepEqual(
    own?.series.map(({ kind, name }) => `${name} ${kind}`),
    result.metrics?.map(({ kind, name }) => `${name} ${kind}`),
  );
  for (const metric of result.metrics ?? []) {
    const series = own?.series.find(({ name }) => name === metric.name);
    const values = series?.values.filter((value) => value !== null) ?? [];
    switch (metric.kind) {
      case "counter": {
        const counted = values.reduce((sum, value, entry) => sum + (value * (own?.widthMs[entry] ?? 0)) / 1_000, 0);
        assert.ok(Math.abs(counted - metric.count) < 1e-6, `${counted} of ${metric.count}`);
        break;
      }
      case "gauge":
        assert.equal(values.at(-1), metric.value);
        assert.ok(values.every((value) => value >= metric.min && value <= metric.max));
        break;
      case "rate":
        assert.ok(Math.min(...values) <= metric.rate && metric.rate <= Math.max(...values));
        break;
      case "trend":
        assert.ok(values.every((value, entry) => value <= (series?.p95?.[entry] ?? 0) && value <= metric.max));
    }
  }
});

test("a test without groups, streams and metrics has none over time", () => {
  assert.equal(withRecorded([delta(0, requests(2))], buildRunReport).own, undefined);
});

test("groups and streams have the p50 and p95 of each second, as in the result", () => {
  const second = (durationMs: number, firstMs: number) => [
    {
      kind: "group",
      path: "order",
      activeMicros: 1_000,
      pausedMicros: durationMs * 1_000 - 1_000,
      hasFailed: false,
    } as const,
    { kind: "stream", name: "/chat", firstMs, gapsMs: [firstMs / 10] } as const,
  ];
  const { own, groups, streams } = withRecorded([delta(0, second(200, 40)), delta(2, second(300, 60))], (recorded) => {
    return { ...buildRunReport(recorded), ...recorded.result };
  });
  const columns = new Map(own?.series.map(({ kind, values, p95 }) => [kind, [values, p95]]));
  assert.deepEqual(own?.series[0]?.few, [1, 0, 1]);
  assert.deepEqual(own?.startMs, [0, 1_000, 2_000]);
  assert.deepEqual(columns.get("group"), [
    [200, null, 300],
    [200, null, 300],
  ]);
  assert.deepEqual(columns.get("first-event")?.[0], [40, null, 60]);
  assert.deepEqual(columns.get("event-gap")?.[0], [4, null, 6]);
  assert.equal(Math.round(groups?.[0]?.durationMs.max ?? 0), 300);
  assert.equal(Math.round(streams?.[0]?.firstEventMs.max ?? 0), 60);
});
