import assert from "node:assert/strict";
import { test } from "node:test";
import { overflowName } from "../../src/stats/interval-report.ts";
import { NameCap } from "../../src/stats/name-cap.ts";
import { request } from "../analysis/measurements.ts";
import { record, reportOf } from "./recorder-events.ts";

const report = (...names: string[]) => reportOf(record(names.map((name) => request(name, 1))));
const named = { requests: ["/checkout"], checks: ["paid"], groups: ["buy"] };
const namesIn = ({ endpoints }: ReturnType<typeof report>) => endpoints.map(({ name }) => name);

test("the first names keep their places, further ones are counted together, and judged ones always have a place", () => {
  const cap = new NameCap(named, undefined, 2, 1);
  assert.deepEqual(namesIn(cap.apply(report("/a", "/b", "/c"), 1)), ["/a", "/b", overflowName]);
  assert.deepEqual(namesIn(cap.apply(report("/c", "/checkout", "/a"), 1)), [overflowName, "/checkout", "/a"]);
  const checks = ["first", "second", "paid"].map((name) => ({ name, passes: 1, failures: 0 }));
  const counted = cap.apply({ ...report("/a"), checks }, 1);
  assert.deepEqual(
    counted.checks.map(({ name }) => name),
    ["first", overflowName, "paid"],
  );
});

test("groups have a cap of their own, those of a resumed run keep their places, and other series have none", () => {
  const cap = new NameCap(named, undefined, 2, 2, 2);
  cap.admitAll([], [], ["old"]);
  const group = (path: string) =>
    ({ kind: "group", path, activeMicros: 1, pausedMicros: 0, hasFailed: false }) as const;
  const sample = { kind: "sample", series: "trend", name: "size", micros: 1 } as const;
  const counted = cap.apply(reportOf(record([...["new", "newer", "buy", "old"].map(group), sample])), 1);
  assert.deepEqual(
    counted.series.map(({ samples }) => samples.name),
    ["new", overflowName, "buy", "old", "size"],
  );
});

test("the names of a run that is resumed keep their places", () => {
  const cap = new NameCap(named, undefined, 2, 2);
  cap.admitAll(report("/c", "/checkout", "/d").endpoints, ["done"], []);
  assert.deepEqual(namesIn(cap.apply(report("/a", "/c", "/checkout"), 1)), [overflowName, "/c", "/checkout"]);
});

test("a report without new names is passed on as it is", () => {
  const cap = new NameCap(named);
  const given = report("/a", "/b");
  assert.equal(cap.apply(given, 1), given);
});

test("one worker brings at most as many names as a worker counts separately, and leaves room for others", () => {
  const cap = new NameCap(named);
  const flood = Array.from({ length: 1_500 }, (_, number) => `/forged/${number}`);
  assert.deepEqual(new Set(namesIn(cap.apply(report(...flood), 1))).size, 1_001);
  assert.deepEqual(namesIn(cap.apply(report("/real"), 2)), ["/real"]);
});

test("methods without end are counted together, so that their entries for further names are bounded, too", () => {
  const cap = new NameCap(named);
  const one = report(overflowName).endpoints[0];
  assert.ok(one !== undefined);
  const many = Array.from({ length: 300 }, (_, number) => ({ ...one, method: `M${number}` }));
  const counted = cap.apply({ ...reportOf(record([])), endpoints: many }, 1);
  assert.equal(new Set(counted.endpoints.map(({ method, name }) => `${method} ${name}`)).size, 101);
});

test("classes, metrics and slices that nobody expects are counted together beyond a few, and said to be strange", () => {
  const expected = { classes: ["Known"], metrics: ["known"], slices: [] };
  const cap = new NameCap(named, expected);
  const strangers = Array.from({ length: 900 }, (_, number) => `strange-${number}`);
  const users = [...strangers, "Known"].map((className) => ({ className, count: 1 }));
  const metrics = [...strangers, "known"].map((name) => ({ name, metric: { kind: "counter" as const, sum: 1 } }));
  const classes = cap.apply({ ...reportOf(record([])), users }, 1);
  assert.deepEqual(
    [new Set(classes.users.map(({ className }) => className)).size, cap.takeStrange()],
    [202, "user classes"],
  );
  const counted = cap.apply({ ...reportOf(record([])), metrics }, 1);
  assert.deepEqual([new Set(counted.metrics.map(({ name }) => name)).size, cap.takeStrange()], [502, "metrics"]);
  assert.deepEqual([counted.metrics.at(-1)?.name, classes.users.at(-1)?.className], ["known", "Known"]);
  assert.equal(cap.takeStrange(), null);
});

test("a name that is longer than any of a test is counted together with others", () => {
  const cap = new NameCap(named);
  const users = [{ className: "x".repeat(1_001), count: 1 }];
  assert.equal(cap.apply({ ...reportOf(record([])), users }, 1).users[0]?.className, overflowName);
});
