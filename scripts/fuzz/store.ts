import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readRun, readStore } from "../../src/runner/run-stores.ts";
import { storedResult } from "../../src/runner/stored-result.ts";
import { delta, failure, newRun, requests, StoreFolder } from "../../tests/store/store-fixture.ts";
import { type FuzzTarget, mutatingTarget } from "./target.ts";
import { TemporaryInput } from "./temporary-input.ts";

/** Stores of somebody else, as `muster report` reads them. */
export function storeTarget(): Promise<FuzzTarget> {
  const file = new TemporaryInput("muster.db");
  return mutatingTarget({
    corpus: "store",
    more: [storeBytes()],
    inputsPerRound: 50,
    read: async (input) => {
      file.write(input);
      await readStore(file.folder, (store) =>
        readRun(store, () => {
          for (const { id } of store.runs()) storedResult(store, id);
        }),
      );
    },
    close: () => file.remove(),
  });
}

function storeBytes(): Buffer {
  using folder = new StoreFolder();
  using store = folder.open();
  store.createRun(newRun("a"));
  store.writer("a").commit({ windows: [delta(0, [...requests(5), failure("503")])] });
  store.close();
  return readFileSync(join(folder.path, "muster.db"));
}
