import assert from "node:assert/strict";
import { test } from "node:test";
import { Collector } from "../../../src/master/record/collector.ts";
import { type MetricFamily, prometheusName } from "../../../src/runner/metrics/metric-family.ts";
import { prometheusText } from "../../../src/runner/metrics/prometheus-text.ts";
import { requestFamilies } from "../../../src/runner/metrics/request-families.ts";
import { group, measured, request, streamed } from "../../analysis/measurements.ts";
import { record, reportOf } from "../../stats/recorder-events.ts";
import { casesByDepth } from "../../support/depth.ts";
import { samplesIn } from "./prometheus-samples.ts";

const textOf = (families: readonly MetricFamily[]) => [...prometheusText(families, { run: "r1" })].join("");

test("requests, failures and times are those of the totals, by method and name", () => {
  const { totals } = measured([request("/a", 10), request("/a", 20, true), request("/b", 300, false, "POST")]);
  const samples = samplesIn(textOf(requestFamilies(totals)));
  const of = { run: "r1", method: "GET", name: "/a" };
  assert.equal(samples.value("muster_requests_total", of), 2);
  assert.equal(samples.value("muster_request_failures_total", { ...of, kind: "5xx" }), 1);
  assert.equal(samples.value("muster_request_received_bytes_total", of), 200);
  assert.equal(samples.value("muster_request_duration_seconds_count", of), 2);
  assert.equal(samples.value("muster_request_duration_seconds_sum", of), 0.03);
  assert.equal(samples.value("muster_request_duration_seconds_bucket", { ...of, le: "0.01" }), 1);
  assert.equal(samples.value("muster_request_duration_seconds_bucket", { ...of, le: "0.025" }), 2);
  assert.equal(samples.value("muster_request_duration_seconds_bucket", { ...of, le: "+Inf" }), 2);
  assert.equal(samples.sum("muster_requests_total"), 3);
  assert.equal(samples.types.get("muster_request_duration_seconds"), "histogram");
});

test("groups and streams have their own families, which are in no sum of requests", () => {
  const { totals } = measured([request("/a", 10), group("checkout", 900, 100), streamed("/chat", 50, 10, 20)]);
  const samples = samplesIn(textOf(requestFamilies(totals)));
  assert.equal(samples.sum("muster_requests_total"), totals.merged().requests);
  assert.equal(samples.value("muster_group_runs_total", { run: "r1", group: "checkout" }), 1);
  assert.equal(samples.value("muster_group_duration_seconds_sum", { run: "r1", group: "checkout" }), 1);
  assert.equal(samples.sum("muster_stream_events_total"), 3);
});

test("a measure with others in it is in no sum of requests, and has its kind as it was written", () => {
  const { totals } = measured([request("/a", 10), request("checkout", 40, false, "(CALL)")]);
  const samples = samplesIn(textOf(requestFamilies(totals)));
  assert.equal(samples.sum("muster_requests_total"), 1);
  assert.equal(samples.value("muster_nested_runs_total", { run: "r1", method: "CALL", name: "checkout" }), 1);
});

test("labels are escaped, whatever a name holds", () => {
  const name = 'a "b" \\ c\nd{e="f"} 1';
  const { totals } = measured([request(name, 10)]);
  const samples = samplesIn(textOf(requestFamilies(totals)));
  assert.equal(samples.value("muster_requests_total", { run: "r1", method: "GET", name }), 1);
});

for (const [workers, declare] of casesByDepth(1, [3, 10]))
  declare(
    `${workers},000 distinct URLs stay within the cap of the run: the rest is counted under (other), and no request is lost`,
    async () => {
      const collector = new Collector();
      for (let worker = 1; worker <= workers; worker++) {
        const events = Array.from({ length: 1_000 }, (_, i) => request(`/jobs/${worker * 1_000 + i}`, 10));
        collector.add(
          { number: worker, takenSequence: 0 },
          reportOf(record(events), { sequence: 1, window: 0, windowCount: 1 }),
          900,
        );
      }
      collector.complete();
      collector.committed(collector.pending());
      const families = requestFamilies(collector.totals);
      const samples = samplesIn(textOf(families));
      assert.equal(samples.sum("muster_requests_total"), workers * 1_000);
      const other = samples.value("muster_requests_total", { run: "r1", method: "GET", name: "(other)" });
      assert.equal(other, workers * 1_000 - 2_000);
      assert.equal(samples.count("muster_requests_total"), 2_001);
      await Promise.resolve();
    },
  );

test("names follow from those of OpenTelemetry, as Prometheus makes them", () => {
  const named = (kind: "counter" | "gauge", name: string, unit: string) =>
    prometheusName({ kind, name, unit, help: "", points: [] });
  assert.equal(named("counter", "muster.request.received", "By"), "muster_request_received_bytes_total");
  assert.equal(
    named("gauge", "muster.worker.event_loop.utilization", "1"),
    "muster_worker_event_loop_utilization_ratio",
  );
  assert.equal(named("gauge", "muster.users", "{user}"), "muster_users");
});

test("numbers are written as Go reads them", () => {
  const points = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 1e21, 0.1].map((value, i) => ({
    labels: { i: String(i) },
    value,
  }));
  const text = textOf([{ kind: "gauge", name: "g", unit: "", help: "a \\ b\nc", points }]);
  assert.match(text, /^# HELP g a \\\\ b\\nc\n# TYPE g gauge\n/);
  assert.deepEqual(
    text
      .split("\n")
      .slice(2, -1)
      .map((line) => line.split(" ").at(-1)),
    ["+Inf", "-Inf", "NaN", "1e+21", "0.1"],
  );
});
