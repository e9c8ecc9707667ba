import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Store } from "../../src/store/store.ts";
import { TestProcess } from "../support/test-process.ts";
import { reading, StoreFolder } from "./store-fixture.ts";

const commitBatches = join(import.meta.dirname, "fixtures/commit-batches.ts");

/** The last batch in the store, after a check that it and those before it are complete. */
function lastBatch(store: Store, id: string): number {
  return reading(store, id, (reader) => {
    const sequence = reader.workers()[0]?.lastSequence ?? 0;
    assert.equal(reader.totals().merged().requests, 3 * sequence);
    assert.equal(reader.ledger().reports, sequence);
    return sequence;
  });
}

test("a process that is killed between or during commits leaves whole batches, including all that it reported", async (t) => {
  using folder = new StoreFolder();
  let said = 0;
  for (let round = 0; round < 4; round++) {
    const child = new TestProcess(t, [commitBatches, folder.path, "a", "100000"], {});
    await child.output(new RegExp(`committed ${said + 10}\\b`));
    child.kill("SIGKILL");
    await child.ended();
    said = Number([...child.stdout.matchAll(/committed (\d+)\n/g)].at(-1)?.[1]);
    using store = folder.open();
    const last = lastBatch(store, "a");
    assert.ok(last === said || last === said + 1, `${last} after ${said}`);
    said = last;
  }
});

test("a process that is killed in the middle of a transaction leaves nothing of it", async (t) => {
  using folder = new StoreFolder();
  const child = new TestProcess(t, [commitBatches, folder.path, "a", "5", "3"], {});
  await child.output(/in the middle/);
  const logged = statSync(join(folder.path, "muster.db-wal")).size;
  child.kill("SIGKILL");
  await child.ended();
  // Otherwise this test proves nothing.
  assert.ok(logged > 1_000_000, `${logged} bytes were written before the commit`);
  using store = folder.open();
  assert.equal(lastBatch(store, "a"), 2);
  const again = new TestProcess(t, [commitBatches, folder.path, "a", "2"], {});
  assert.deepEqual(await again.ended(), { code: 0, signal: null });
  assert.equal(lastBatch(store, "a"), 4);
});

test("several processes create a store at the same time and write their runs into it", async (t) => {
  using folder = new StoreFolder();
  const ids = ["a", "b", "c", "d"];
  const children = ids.map((id) => new TestProcess(t, [commitBatches, folder.path, id, "30"], {}));
  for (const child of children) assert.deepEqual(await child.ended(), { code: 0, signal: null }, child.stderr);
  using store = folder.open();
  for (const id of ids) assert.equal(lastBatch(store, id), 30);
});
