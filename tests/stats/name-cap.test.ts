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
  const cap = new NameCap(named, 2, 1);
  assert.deepEqual(namesIn(cap.apply(report("/a", "/b", "/c"))), ["/a", "/b", overflowName]);
  assert.deepEqual(namesIn(cap.apply(report("/c", "/checkout", "/a"))), [overflowName, "/checkout", "/a"]);
  const checks = ["first", "second", "paid"].map((name) => ({ name, passes: 1, failures: 0 }));
  const counted = cap.apply({ ...report("/a"), checks });
  assert.deepEqual(
    counted.checks.map(({ name }) => name),
    ["first", overflowName, "paid"],
  );
});

test("groups have a cap of their own, those of a resumed run keep their places, and other series have none", () => {
  const cap = new NameCap(named, 2, 2, 2);
  cap.admitAll([], [], ["old"]);
  const group = (path: string) =>
    ({ kind: "group", path, activeMicros: 1, pausedMicros: 0, hasFailed: false }) as const;
  const sample = { kind: "sample", series: "trend", name: "size", micros: 1 } as const;
  const counted = cap.apply(reportOf(record([...["new", "newer", "buy", "old"].map(group), sample])));
  assert.deepEqual(
    counted.series.map(({ samples }) => samples.name),
    ["new", overflowName, "buy", "old", "size"],
  );
});

test("the names of a run that is resumed keep their places", () => {
  const cap = new NameCap(named, 2, 2);
  cap.admitAll(report("/c", "/checkout", "/d").endpoints, ["done"], []);
  assert.deepEqual(namesIn(cap.apply(report("/a", "/c", "/checkout"))), [overflowName, "/c", "/checkout"]);
});

test("a report without new names is passed on as it is", () => {
  const cap = new NameCap(named);
  const given = report("/a", "/b");
  assert.equal(cap.apply(given), given);
});
