import assert from "node:assert/strict";
import { test } from "node:test";
import { writeFiles } from "../../src/runner/outputs/report-files.ts";
import { RecordedSource } from "../../src/runner/recorded-source.ts";
import { withRecorded } from "../report/recorded-run.ts";
import { delta, newRun, requests, StoreFolder } from "../store/store-fixture.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

test("files of windows are refused by name if the store has only a part of the run; the others are written", async (t) => {
  const folder = await temporaryFolder(t);
  const asked = { json: `${folder}/r.json`, csv: `${folder}/r`, hgrm: `${folder}/r.hgrm` };
  using data = new StoreFolder();
  using store = data.open();
  store.createRun(newRun("a"));
  store.writer("a").commit({ windows: [delta(0, requests(5))] });
  const whole = withRecorded([delta(0, requests(5))], ({ result }) => result);
  const events = [{ atMs: 900, kind: "store-failed", text: "the store failed" }];
  using source = new RecordedSource(store, "a", { ...whole, total: { ...whole.total, requests: 6 }, events });
  const { written, problem } = await writeFiles(asked, source);
  assert.deepEqual(
    written.map((path) => path.slice(folder.length + 1)),
    ["r.json", "r_stats.csv", "r_failures.csv", "r_exceptions.csv", "r_groups.csv", "r_streams.csv"],
  );
  assert.match(
    problem?.message ?? "",
    /^--csv cannot be written to \S+\/r_stats_history\.csv: .* only a part of run a/,
  );
  assert.match(problem?.message ?? "", /; --hgrm cannot be written to \S+\/r\.hgrm: /);
  using complete = new RecordedSource(store, "a", { ...whole, events });
  assert.doesNotThrow(() => complete.recorded());
});
