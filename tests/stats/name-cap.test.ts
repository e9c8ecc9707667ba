import assert from "node:assert/strict";
import { test } from "node:test";
import { overflowName } from "../../src/stats/interval-report.ts";
import { NameCap } from "../../src/stats/name-cap.ts";
import { request } from "../analysis/measurements.ts";
import { record, reportOf } from "./recorder-events.ts";

const report = (...names: string[]) => reportOf(record(names.map((name) => request(name, 1))));
const named = { requests: ["/checkout"], checks: ["paid"] };
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

test("the names of a run that is resumed keep their places", () => {
  const cap = new NameCap(named, 2, 2);
  cap.admitAll(report("/c", "/checkout", "/d").endpoints, ["done"]);
  assert.deepEqual(namesIn(cap.apply(report("/a", "/c", "/checkout"))), [overflowName, "/c", "/checkout"]);
});

test("a report without new names is passed on as it is", () => {
  const cap = new NameCap(named);
  const given = report("/a", "/b");
  assert.equal(cap.apply(given), given);
});
