import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigurationError } from "../../src/core/errors.ts";
import { findRun, requireRunName } from "../../src/store/find-run.ts";
import type { RunSummary } from "../../src/store/run-record.ts";
import { newRun, StoreFolder } from "./store-fixture.ts";

/** The runs, the newest first, as the store lists them. */
function summaries(): RunSummary[] {
  using folder = new StoreFolder();
  using store = folder.open();
  for (const [position, id] of ["2026-a1", "2026-a2", "2026-b1", "2026-b2"].entries()) {
    store.createRun({ ...newRun(id, `2026-01-0${position + 1}T00:00:00.000Z`), profile: id[5] ?? "" });
    if (id !== "2026-b2") store.changeRun(id, { state: "finished" });
  }
  store.nameRun("2026-a1", "baseline");
  return store.runs();
}

test("a run is found by id, by the beginning of it, by name, and as last and previous", () => {
  const runs = summaries();
  const found = (word: string) => findRun(runs, word).id;
  assert.deepEqual(["2026-a2", "2026-b1", "baseline"].map(found), ["2026-a2", "2026-b1", "2026-a1"]);
  assert.equal(found("2026-b2"), "2026-b2");
  // The newest is still running.
  assert.equal(found("last"), "2026-b1");
  const ended = runs.filter(({ profile }) => profile === "a");
  assert.deepEqual([findRun(ended, "last").id, findRun(ended, "previous").id], ["2026-a2", "2026-a1"]);
});

test("an exact id or name comes before the beginning of another id", () => {
  const runs = summaries();
  const named = runs.map((run) => ({ ...run, name: run.id === "2026-a1" ? "2026" : null }));
  assert.equal(findRun(named, "2026").id, "2026-a1");
  const shorter = runs.map((run) => (run.id === "2026-a1" ? { ...run, id: "2026-a" } : run));
  assert.equal(findRun(shorter, "2026-a").id, "2026-a");
});

test("an unknown or ambiguous run is refused in one line", () => {
  const runs = summaries();
  const refused: [word: string, says: RegExp, code?: string][] = [
    ["2026-a", /^several runs begin with "2026-a": 2026-a2, 2026-a1$/, "bad-configuration"],
    ["basline", /^no run "basline"; did you mean baseline\?$/],
    ["lats", /did you mean last\?$/],
    ["nothing-like-it", /^no run "nothing-like-it"; `muster runs` lists/],
    ["", /^no run ""/],
    ["previous", /^"previous": no run of test.ts \/ b ended before 2026-b1$/],
  ];
  for (const [word, message, code = "store-run-unknown"] of refused) {
    assert.throws(() => findRun(runs, word), { code, message }, word);
  }
  assert.throws(() => findRun([], "last"), /no run has ended yet/);
});

test("reserved words and file names are refused as names", () => {
  for (const name of ["release-7", "2026.01", "größer", "a"]) requireRunName(name);
  for (const name of ["", "last", "previous", "a b", "baseline.json", "-x", "../x", "a/b", "x".repeat(65)]) {
    assert.throws(() => requireRunName(name), ConfigurationError, name);
  }
});
