import assert from "node:assert/strict";
import { test } from "node:test";
import { failureKinds } from "../../../src/core/failure-kind.ts";
import { phaseNames } from "../../../src/core/request-phase.ts";
import { slicesOf } from "../../../src/core/thresholds/slice.ts";
import { parseThresholds } from "../../../src/core/thresholds/threshold.ts";
import { IntervalRecorder } from "../../../src/stats/interval-recorder.ts";
import { SliceSet } from "../../../src/worker/user/slices.ts";

const definitions = (...selectors: readonly string[]) =>
  slicesOf(parseThresholds(Object.fromEntries(selectors.map((one) => [`requests{${one}}`, "count>=0"]))));

const unsent = { phaseMs: () => null };

interface Sent {
  readonly scenario?: string;
  readonly className?: string;
  readonly name?: string;
  readonly status?: number;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Which of the slices count the request. */
function slicesWith(selectors: readonly string[], sent: Sent): boolean[] {
  const recorder = new IntervalRecorder();
  const wanted = definitions(...selectors);
  const set = new SliceSet(wanted, recorder);
  const { scenario = "default", className = "Buyer", name = "/jobs", status = 200, tags } = sent;
  const failure = status >= 500 ? failureKinds.indexOf("5xx") : -1;
  const ended = {
    status,
    serviceMicros: 5,
    responseMicros: 7,
    bytesIn: 1,
    bytesOut: 1,
    failure,
    phases: unsent,
    isTimed: true,
  };
  set.of(scenario, className)?.of(recorder.endpoint("GET", name), tags)?.record(ended);
  return wanted.map(({ key }) => recorder.seriesOf("slice", key).requests === 1);
}

test("a request is in the slices whose conditions it meets, all of them", () => {
  const selectors = [
    "class:Buyer",
    "scenario!=night",
    "kind:search",
    "status:2xx,name:/jobs",
    "status!=200",
    "kind!=search",
  ];
  assert.deepEqual(slicesWith(selectors, {}), [true, true, false, true, false, true]);
  assert.deepEqual(
    slicesWith(selectors, { scenario: "night", className: "Seller", status: 503, tags: { kind: "search" } }),
    [false, false, true, false, true, false],
  );
  assert.deepEqual(slicesWith(["status:2xx,name:/jobs"], { name: "/other" }), [false]);
});

test("a failure in a slice is counted there by its kind", () => {
  const recorder = new IntervalRecorder(true);
  const set = new SliceSet(definitions("class:Buyer"), recorder);
  const slices = set.of("default", "Buyer")?.of(recorder.endpoint("GET", "/"), undefined);
  const failure = failureKinds.indexOf("5xx");
  slices?.record({
    status: 503,
    serviceMicros: 5,
    responseMicros: 9,
    bytesIn: 3,
    bytesOut: 2,
    failure,
    isTimed: true,
    phases: unsent,
  });
  const [{ samples } = assert.fail()] = recorder.series;
  assert.deepEqual([samples.requests, samples.failures[failure], samples.bytesIn, samples.bytesOut], [1, 1, 3, 2]);
  assert.deepEqual([samples.serviceTime.maxMicros, samples.responseTime?.maxMicros], [5, 9]);
});

test("without thresholds on a part of the requests there are no slices, and selectors that the totals cover need none", () => {
  assert.equal(new SliceSet([], new IntervalRecorder()).of("default", "Buyer"), null);
  assert.deepEqual(definitions("name:/a", "method:GET,name!=/b"), []);
  assert.equal(new SliceSet(definitions("class:Seller"), new IntervalRecorder()).of("default", "Buyer"), null);
});

test("the order of conditions and repetition make no other slice", () => {
  assert.equal(definitions("class:a,status:200", "status:200, class:a", "class:a").length, 2);
});

test("a phase is recorded where a threshold is about it, of requests that were sent, with zeros", () => {
  const recorder = new IntervalRecorder(true);
  const thresholds = parseThresholds({ connect_time: "max<1", "http_req_waiting{status:5xx}": "max<1" });
  const slices = new SliceSet(slicesOf(thresholds), recorder)
    .of("default", "Buyer")
    ?.of(recorder.endpoint("GET", "/"), undefined);
  const ended = {
    status: 503,
    serviceMicros: 5,
    responseMicros: 9,
    bytesIn: 3,
    bytesOut: 2,
    failure: -1,
    isTimed: true,
  };
  slices?.record({ ...ended, phases: { phaseMs: (phase) => (phase === phaseNames.indexOf("waiting") ? 2 : 0) } });
  slices?.record({ ...ended, status: 200, phases: { phaseMs: () => 7 } });
  slices?.record({ ...ended, phases: unsent });
  const found = recorder.series.map(({ kind, samples: { name, serviceTime } }) => {
    return [kind, name, serviceTime.count, serviceTime.minMicros, serviceTime.maxMicros];
  });
  assert.deepEqual(found, [
    ["trend", "connect_time", 2, 0, 7_000],
    ["trend", 'waiting_time{status:"5xx"}', 1, 2_000, 2_000],
  ]);
});

test("a threshold with a window has a slice of each of several scenarios, unless it names them or is about all requests", () => {
  const keys = (metric: string, window?: string) => {
    const definition = window === undefined ? "rate>1" : { threshold: "rate>1", window };
    return slicesOf(parseThresholds({ [metric]: definition }), ["shop", "yard"]).map(({ key }) => key);
  };
  const both = ['name:"/pay",scenario:"shop"', 'name:"/pay",scenario:"yard"'];
  assert.deepEqual(keys("requests{name:/pay}", "5s"), both);
  assert.deepEqual(keys("requests{name:/pay,scenario:yard}", "5s"), both.slice(1));
  assert.deepEqual(keys("requests{name:/pay}"), []);
  for (const metric of ["requests", "iterations"]) assert.deepEqual(keys(metric, "5s"), []);
  const alone = parseThresholds({ "requests{name:/pay}": { threshold: "rate>1", window: "5s" } });
  assert.deepEqual(slicesOf(alone, ["shop"]), []);
});
