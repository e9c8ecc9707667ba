import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { replayResult } from "../../src/report/result/replay-result.ts";
import type { Result } from "../../src/report/result/result-schema.ts";
import { storedResult } from "../../src/runner/stored-result.ts";
import { Store } from "../../src/store/store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import type { Cleanup } from "../support/test-process.ts";

const folder = path.join(import.meta.dirname, "recorded-runs");
const names = readdirSync(folder).flatMap((file) => /^(.+)\.db\.gz$/.exec(file)?.[1] ?? []);

/** What the data of a run do not tell of the result that it printed, by run and path; "*" is any run. */
const knownDifferences: Readonly<Record<string, RegExp>> = {
  // The store has whole windows, not the moment at which the load ended.
  "*": /^run\.durationMs$|requestsPerSecond$|^metrics\.\d+\.ratePerSecond$|^lifecycleRequests\.1$/,
  aborted: /^reasons\.0$/,
  failed: /^reasons\.1$|^thresholds\./,
  interrupted: /^verdict$|^exitCode$|^reasons\.0$/,
  crashed: /^verdict$|^exitCode$|^reasons\.0$/,
};

test("there are runs that finished, failed, were aborted, crashed, resumed, searched, spiked and soaked", () => {
  assert.ok(names.length >= 14, names.join(" "));
});

for (const name of names) {
  test(`the recorded run ${name} has the result that it had, field for field`, async (t) => {
    const { store, result } = await recorded(t, name);
    assert.deepEqual(plain(storedResult(store, result.run.id)), result);
  });

  test(`the data of the recorded run ${name} make the result that it had`, async (t) => {
    const { store, result } = await recorded(t, name);
    const run = store.run(result.run.id);
    assert.ok(run !== undefined);
    using reader = store.reader(result.run.id);
    const made = plain(replayResult(run, reader, null));
    const known = [knownDifferences["*"], knownDifferences[name]];
    const differing = differences(result, made).filter((field) => !known.some((some) => some?.test(field)));
    assert.deepEqual(differing, []);
  });
}

async function recorded(cleanup: Cleanup, name: string): Promise<{ store: Store; result: Result }> {
  const file = path.join(folder, name);
  const data = await temporaryFolder(cleanup);
  await writeFile(path.join(data, "muster.db"), gunzipSync(await readFile(`${file}.db.gz`)));
  const store = Store.open(data);
  cleanup.after(() => store[Symbol.dispose]());
  const text = gunzipSync(await readFile(`${file}.result.json.gz`)).toString();
  return { store, result: JSON.parse(text) as Result };
}

function plain(result: Result): unknown {
  return JSON.parse(JSON.stringify(result));
}

/** The paths of the leaves that differ, such as `total.requestsPerSecond`. */
function differences(before: unknown, after: unknown, at = ""): string[] {
  if (typeof before !== "object" || typeof after !== "object" || before === null || after === null)
    return Object.is(before, after) ? [] : [at];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) =>
    differences(
      (before as Record<string, unknown>)[key],
      (after as Record<string, unknown>)[key],
      at === "" ? key : `${at}.${key}`,
    ),
  );
}
