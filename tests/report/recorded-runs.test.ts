import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { resultOf } from "../../src/report/result/result-of.ts";
import type { Result } from "../../src/report/result/result-schema.ts";
import { storedRunData } from "../../src/report/result/stored-run-data.ts";
import { storedResult } from "../../src/runner/stored-result.ts";
import { Store } from "../../src/store/store.ts";
import { differences } from "../support/differences.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import type { Cleanup } from "../support/test-process.ts";

const olderRuns = path.join(import.meta.dirname, "recorded-runs");
const runs = path.join(olderRuns, "with-end");

const namesIn = (folder: string) => readdirSync(folder).flatMap((file) => /^(.+)\.db\.gz$/.exec(file)?.[1] ?? []);

/**
 * What the data of a run from before its end was stored do not tell of the result that it printed, by run and path; "*" is any
 * run. They tell neither why it ended nor when.
 */
const untold: Readonly<Record<string, RegExp>> = {
  "*": /^run\.durationMs$|requestsPerSecond$|^metrics\.\d+\.ratePerSecond$|^lifecycleRequests\.1$/,
  aborted: /^reasons\.0$/,
  failed: /^reasons\.1$|^thresholds\./,
  interrupted: /^verdict$|^exitCode$|^reasons\.0$/,
  crashed: /^verdict$|^exitCode$|^reasons\.0$/,
};

/** Texts for people that have been reworded since the runs were recorded. */
const reworded: readonly (readonly [RegExp, string])[] = [
  [
    /this is what was measured so far; its master wrote last at/g,
    "these are its measurements so far; its master last wrote at",
  ],
  [
    /(\d+) iterations\/s are held, but whether (\d+) are nobody knows: the search came to its deadline/g,
    "the service holds $1 iterations/s, but $2/s was not tested: the search reached its deadline",
  ],
  [/, breaks its target in /g, ", will miss its target in "],
  [/numbers of users were tried;/g, "numbers of users were tested;"],
];

/** Fields that results did not have when the runs were recorded: the fitted line of a soak's series, and the bound of its target. */
function withoutAdded(made: unknown): unknown {
  const { drift, ...result } = made as Result;
  if (drift === null) return made;
  const before = ({ limit: _, trend, ...series }: (typeof drift.series)[number]) => {
    if (trend === null) return { ...series, trend };
    const { line: __, ...rest } = trend;
    return { ...series, trend: rest };
  };
  return { ...result, drift: { ...drift, series: drift.series.map(before), workers: drift.workers.map(before) } };
}

test("there are runs that finished, failed, were aborted, crashed, resumed, searched, spiked and soaked", () => {
  for (const folder of [olderRuns, runs]) assert.ok(namesIn(folder).length >= 14, namesIn(folder).join(" "));
});

for (const folder of [olderRuns, runs]) {
  for (const name of namesIn(folder)) {
    const age = folder === runs ? "recorded" : "older";
    test(`the ${age} run ${name} has the result that it had, field for field`, async (t) => {
      const { store, result, printed } = await recorded(t, folder, name);
      const isKept = store.run(result.run.id)?.result !== null;
      assert.deepEqual(withoutAdded(plain(storedResult(store, result.run.id))), isKept ? printed : result);
    });
  }
}

for (const name of namesIn(runs)) {
  test(`the data of the recorded run ${name} make the result that it had, field for field`, async (t) => {
    const { data, result } = await recorded(t, runs, name);
    assert.deepEqual(withoutAdded(plain(resultOf(data))), result);
  });
}

for (const name of namesIn(olderRuns)) {
  test(`the data of the older run ${name} make the result that it had, but for its end`, async (t) => {
    const { data, result } = await recorded(t, olderRuns, name);
    const made = withoutAdded(plain(resultOf({ ...data, ending: { kind: "completed" } })));
    const known = [untold["*"], untold[name]];
    const differing = differences(result, made).filter((field) => !known.some((some) => some?.test(field)));
    assert.deepEqual(differing, []);
  });
}

async function recorded(cleanup: Cleanup, folder: string, name: string) {
  const file = path.join(folder, name);
  const dataFolder = await temporaryFolder(cleanup);
  await writeFile(path.join(dataFolder, "muster.db"), gunzipSync(await readFile(`${file}.db.gz`)));
  const store = Store.open(dataFolder);
  const text = gunzipSync(await readFile(`${file}.result.json.gz`)).toString();
  const printed = JSON.parse(text) as Result;
  const now = JSON.parse(reworded.reduce((all, [before, after]) => all.replace(before, after), text)) as Result;
  // Events are stored as texts, which stay as they were.
  const result: Result = { ...now, events: printed.events };
  const run = store.run(result.run.id);
  if (run === undefined) throw new Error(`no run ${result.run.id} in ${file}.db.gz`);
  const reader = store.reader(run.id);
  cleanup.after(() => {
    reader.close();
    store.close();
  });
  return { store, result, printed, data: storedRunData(run, reader) };
}

function plain(result: Result): unknown {
  return JSON.parse(JSON.stringify(result));
}
