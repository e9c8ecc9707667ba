import assert from "node:assert/strict";
import { test } from "node:test";
import { readRun, readStore } from "../../src/runner/run-stores.ts";
import { StoreError } from "../../src/store/store-error.ts";
import { StoreFolder } from "../store/store-fixture.ts";

const defect = new TypeError("no such property");
const fails = (): never => {
  throw defect;
};

test("what fails in reading a run is a fault of the store; what fails after it is not", async () => {
  using folder = new StoreFolder();
  folder.open().close();
  await assert.rejects(
    readStore(folder.path, (store) => readRun(store, fails)),
    (error) => error instanceof StoreError && error.code === "store-corrupt" && /no such property/.test(error.message),
  );
  await assert.rejects(readStore(folder.path, fails), (error) => error === defect);
});
