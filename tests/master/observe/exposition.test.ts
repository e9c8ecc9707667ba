import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ExpositionError, exposedSamples } from "../../../src/master/observe/exposition.ts";
import { assertProperty } from "../../support/property.ts";

const read = (text: string, metric: string) =>
  exposedSamples(text, metric).map(({ labels, value }) => ({ labels: Object.fromEntries(labels), value }));

test("the example of Prometheus's documentation is read", () => {
  // https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-example
  const text = `# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400"}    3 1395066363000

# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9

# Minimalistic line:
metric_without_timestamp_and_labels 12.47

# A weird metric from before the epoch:
something_weird{problem="division by zero"} +Inf -3982045

# A histogram, which has a pretty complex representation in the text format:
# HELP http_request_duration_seconds A histogram of the request duration.
# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{le="0.05"} 24054
http_request_duration_seconds_bucket{le="+Inf"} 144320
http_request_duration_seconds_sum 53423
http_request_duration_seconds_count 144320
`;
  assert.deepEqual(read(text, "http_requests_total"), [
    { labels: { method: "post", code: "200" }, value: 1027 },
    { labels: { method: "post", code: "400" }, value: 3 },
  ]);
  assert.deepEqual(read(text, "msdos_file_access_time_seconds"), [
    { labels: { path: "C:\\DIR\\FILE.TXT", error: 'Cannot find file:\n"FILE.TXT"' }, value: 1.458255915e9 },
  ]);
  assert.deepEqual(read(text, "metric_without_timestamp_and_labels"), [{ labels: {}, value: 12.47 }]);
  assert.equal(read(text, "something_weird")[0]?.value, Number.POSITIVE_INFINITY);
  assert.deepEqual(read(text, "http_request_duration_seconds_count"), [{ labels: {}, value: 144_320 }]);
  assert.equal(read(text, "http_request_duration_seconds_bucket").length, 2);
  // A name is not the start of another one.
  assert.deepEqual(read(text, "http_request_duration_seconds"), []);
});

test("what OpenMetrics adds is skipped: units, exemplars, the end", () => {
  const text = `# TYPE latency_seconds summary
# UNIT latency_seconds seconds
latency_seconds_count 17 # {trace_id="a b"} 0.2 1
latency_seconds_bucket{le="1",} 2 1.5 # {trace_id="x"} 0.1
# EOF`;
  assert.deepEqual(read(text, "latency_seconds_count"), [{ labels: {}, value: 17 }]);
  assert.deepEqual(read(text, "latency_seconds_bucket"), [{ labels: { le: "1" }, value: 2 }]);
});

for (const line of [
  "up",
  "up ",
  "up one",
  "up 0x10",
  "up 1 2 3",
  'up{a="b" 1',
  'up{a="b"',
  "up{a=b} 1",
  'up{a="b" c="d"} 1',
  'up{,a="b"} 1',
  'up{a="b\\"} 1',
  "up{} ",
]) {
  test(`a line that is no sample is refused: ${JSON.stringify(line)}`, () => {
    if (line === "up") assert.deepEqual(exposedSamples(line, "up"), []);
    else assert.throws(() => exposedSamples(`other 1\n${line}\n`, "up"), ExpositionError);
  });
}

const name = fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,8}$/);
const labels = fc.dictionary(fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,5}$/), fc.string({ unit: "grapheme" }), {
  maxKeys: 4,
  noNullPrototype: true,
});
const value = fc.double();
const blanks = fc.constantFrom(" ", "  ", "\t", " \t ");

function written(metric: string, of: Readonly<Record<string, string>>, number: number, blank: string): string {
  const pairs = Object.entries(of).map(([label, text]) => {
    const escaped = text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
    return `${label}="${escaped}"`;
  });
  const shown = Number.isNaN(number) ? "NaN" : Number.isFinite(number) ? String(number) : number > 0 ? "+Inf" : "-Inf";
  return `${metric}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`}${blank}${shown}`;
}

test("every sample that is written is read again, among those of other metrics", () => {
  const sample = fc.record({ metric: name, labels, value, blank: blanks });
  assertProperty(
    fc.property(fc.array(sample, { minLength: 1, maxLength: 10 }), fc.constantFrom("\n", "\r\n"), (samples, end) => {
      const lines = samples.map((one) => written(one.metric, one.labels, one.value, one.blank));
      const text = ["# HELP x y", ...lines, ""].join(end);
      for (const { metric } of samples) {
        const expected = samples
          .filter((one) => one.metric === metric)
          .map((one) => ({ labels: { ...one.labels }, value: Object.is(one.value, -0) ? 0 : one.value }));
        assert.deepEqual(
          read(text, metric).map((one) => ({ ...one, value: one.value + 0 })),
          expected,
        );
      }
    }),
  );
});

test("any text is read or refused by a clear error, in linear time", () => {
  const unit = fc.constantFrom("up", "{", "}", '"', "\\", ",", "=", " ", "\n", "a", "1", "#", "e", "-", "NaN");
  assertProperty(
    fc.property(
      fc.array(unit, { maxLength: 60 }).map((parts) => parts.join("")),
      (text) => {
        try {
          for (const one of exposedSamples(text, "up")) assert.equal(typeof one.value, "number");
        } catch (error) {
          assert.ok(error instanceof ExpositionError, String(error));
          assert.doesNotMatch(error.message, /\n/);
        }
      },
    ),
  );
  // One long line of a metric, which a pattern that goes back would take minutes for.
  const long = `up{${'a="b",'.repeat(20_000)}a="${"\\\\".repeat(20_000)}`;
  assert.throws(() => exposedSamples(long, "up"), ExpositionError);
});
