import assert from "node:assert/strict";
import { test } from "node:test";
import { exceptionsCsv, failuresCsv, groupsCsv, statsCsv, streamsCsv } from "../../../src/report/files/locust-csv.ts";
import { historyCsv } from "../../../src/report/files/locust-history.ts";
import { group, streamed } from "../../analysis/measurements.ts";
import { delta, failure, requests } from "../../store/store-fixture.ts";
import { withRecorded } from "../recorded-run.ts";
import { answer, resultOf } from "../result-fixture.ts";
import { csvRecords, csvRows } from "./csv-rows.ts";

const percentiles = "50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%";

/** As Locust 2.32 writes them. */
const headers = {
  stats: `Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,Max Response Time,Average Content Size,Requests/s,Failures/s,${percentiles}`,
  history: `Timestamp,User Count,Type,Name,Requests/s,Failures/s,${percentiles},Total Request Count,Total Failure Count,Total Median Response Time,Total Average Response Time,Total Min Response Time,Total Max Response Time,Total Average Content Size`,
  failures: "Method,Name,Error,Occurrences",
  exceptions: "Count,Message,Traceback,Nodes",
};

const text = (pieces: Iterable<string>) => [...pieces].join("");
const headOf = (pieces: Iterable<string>) => text(pieces).split("\r\n")[0];
const some = resultOf([answer("/jobs", 100), answer("/jobs", 300), answer("/jobs/:id", 40, "no job")]);

test("the column names are Locust's, in its order", () => {
  const history = withRecorded([delta(0, requests(1))], ({ result, recording }) =>
    headOf(historyCsv(result, recording)),
  );
  assert.deepEqual(
    {
      stats: headOf(statsCsv(some)),
      history,
      failures: headOf(failuresCsv(some)),
      exceptions: headOf(exceptionsCsv(some)),
    },
    headers,
  );
});

test("stats: a row for each endpoint and one for all, with the figures of the result", () => {
  const rows = csvRecords(text(statsCsv(some)));
  assert.deepEqual(
    rows.map((row) => [row.Type, row.Name, row["Request Count"], row["Failure Count"], row["Max Response Time"]]),
    [
      ["GET", "/jobs", "2", "0", "300"],
      ["GET", "/jobs/:id", "1", "1", "40"],
      ["", "Aggregated", "3", "1", "300"],
    ],
  );
  const [jobs] = rows;
  assert.deepEqual(
    [jobs?.["Average Response Time"], jobs?.["Average Content Size"], jobs?.["50%"]],
    ["200", "2000", "100.031"],
  );
  assert.equal(jobs?.["Requests/s"], "0.033333");
});

test("streams: four rows for each, with their times; without streams the head alone", () => {
  const result = resultOf([streamed("/chat", 200, 50, 1_000), streamed("/chat", 300)]);
  assert.deepEqual(
    csvRecords(text(streamsCsv(result))).map((row) => [row.Type, row.Name, row.Time, row.Count, row.Min, row.Max]),
    [
      ["GET", "/chat", "first event", "2", "200", "300"],
      ["GET", "/chat", "first event since sent", "2", "200", "300"],
      ["GET", "/chat", "event gap", "4", "50", "1000"],
      ["GET", "/chat", "duration", "2", "300", "1250"],
    ],
  );
  const columns = `Type,Name,Time,Count,Failure Count,Median,Average,Min,Max,Count/s,${percentiles}\r\n`;
  assert.equal(text(streamsCsv(some)), columns);
});

test("groups: two rows for each, its duration and its active time; without groups the head alone", () => {
  const result = resultOf([group("buy", 400, 600, true), group("buy", 400, 600), group("buy::pay", 100, 0)]);
  assert.deepEqual(
    csvRecords(text(groupsCsv(result))).map((row) => [row.Name, row.Time, row.Count, row["Failure Count"], row.Max]),
    [
      ["buy", "duration", "2", "1", "1000"],
      ["buy", "active time", "2", "1", "400"],
      ["buy::pay", "duration", "1", "0", "100"],
      ["buy::pay", "active time", "1", "0", "100"],
    ],
  );
  const columns = `Name,Time,Count,Failure Count,Median,Average,Min,Max,Count/s,Failures/s,${percentiles}\r\n`;
  assert.equal(text(groupsCsv(some)), columns);
});

test("history: a row for each second and endpoint, and one for all, whatever happened in it", () => {
  const rows = withRecorded(
    [
      delta(0, requests(3, "/a", 1_000), { users: { User: 2 } }),
      delta(1, [...requests(1, "/a", 9_000), failure("no", "/b")], { users: { User: 5 } }),
      delta(4, requests(2, "/b", 2_000)),
    ],
    ({ result, recording }) => csvRecords(text(historyCsv(result, recording))),
  );
  const started = Date.parse("2026-01-02T03:05:00Z") / 1_000;
  assert.deepEqual(
    rows.map((row) => [
      Number(row.Timestamp) - started,
      row.Name,
      Number(row["Requests/s"]),
      row["50%"],
      row["Total Request Count"],
    ]),
    [
      [1, "/a", 3, "1", "3"],
      [1, "/b", 0, "N/A", "0"],
      [1, "Aggregated", 3, "1", "3"],
      [2, "/a", 1, "9", "4"],
      [2, "/b", 1, "1", "1"],
      [2, "Aggregated", 2, "1", "5"],
      [3, "/a", 0, "N/A", "4"],
      [3, "/b", 0, "N/A", "1"],
      [3, "Aggregated", 0, "N/A", "5"],
      [4, "/a", 0, "N/A", "4"],
      [4, "/b", 0, "N/A", "1"],
      [4, "Aggregated", 0, "N/A", "5"],
      [5, "/a", 0, "N/A", "4"],
      [5, "/b", 2, "2", "3"],
      [5, "Aggregated", 2, "2", "7"],
    ],
  );
  assert.deepEqual(rows.map((row) => row["User Count"]).slice(0, 7), ["2", "2", "2", "5", "5", "5", "0"]);
  assert.deepEqual(
    [rows[5]?.["Failures/s"], rows[5]?.["Total Failure Count"], rows.at(-1)?.["Total Max Response Time"]],
    ["1.000000", "1", "9"],
  );
});

test("a window of several seconds is one row with the rate of a second", () => {
  const rows = withRecorded([delta(0, requests(6), { seconds: 3 })], ({ result, recording }) =>
    csvRecords(text(historyCsv(result, recording))),
  );
  assert.deepEqual(
    rows.map((row) => row["Requests/s"]),
    ["2.000000", "2.000000"],
  );
});

test("failures and exceptions are apart, and commas, quotes and line breaks stay what they are", () => {
  const result = resultOf([
    answer("/a", 1, 'said "no", twice'),
    { kind: "exception", task: "look", message: "boom", stack: "at test.ts:1:1\nat test.ts:2:2" },
  ]);
  assert.deepEqual(csvRows(text(failuresCsv(result))).slice(1), [["GET", "/a", 'said "no", twice', "1"]]);
  const rowOf = (one: typeof result) => csvRows(text(exceptionsCsv(one))).slice(1);
  const exception = ["1", "look: boom", "at test.ts:1:1\nat test.ts:2:2"];
  // Of a result of before it was kept.
  assert.deepEqual(rowOf(result), [[...exception, ""]]);
  const seen = { ...result, errors: result.errors.map((error) => ({ ...error, workers: [1, 4] })) };
  assert.deepEqual(rowOf(seen), [[...exception, "worker 1 (host-a), worker 4 (?)"]]);
});
