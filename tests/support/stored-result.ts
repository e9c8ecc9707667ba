import assert from "node:assert/strict";
import { resultOf } from "../../src/report/result/result-of.ts";
import type { Result } from "../../src/report/result/result-schema.ts";
import { storedRunData } from "../../src/report/result/stored-run-data.ts";
import { Store } from "../../src/store/store.ts";

/** Makes the result of a run from what its store contains, as `muster report` does. */
export function storedResult(dataFolder: string, id: string): Result {
  using store = Store.open(dataFolder);
  const stored = store.run(id);
  assert.ok(stored !== undefined);
  using reader = store.reader(id);
  return resultOf(storedRunData(stored, reader));
}
