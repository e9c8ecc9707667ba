import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { dataPieceBytes, dataPiecesAhead, encodeDataPiece } from "../../src/protocol/data-frame.ts";
import { patienceMs } from "../support/wait-until.ts";
import { StagedWorker } from "./staged-worker.ts";

const withTimeout = { timeout: patienceMs };
const rows = 120_000;
const bytes = Buffer.from(["path", ...Array.from({ length: rows }, (_, row) => `/of/number/${row}`)].join("\n"));
const hash = createHash("sha256").update(bytes).digest("hex");
const lastPiece = Math.floor(bytes.length / dataPieceBytes) * dataPieceBytes;

const source = `import { defineTest } from "muster-load";
  import { csvRecords } from "muster-load/data";
  const rows = csvRecords("${hash}", "rows.csv");
  const get = (vu) => vu.http.get(rows[${rows - 1}].path);
  export default defineTest({ users: [{ name: "Visitor", tasks: { get } }], profiles: {} });`;

test(
  "a worker requests data piece by piece, continues after a lost socket, and receives all of it",
  withTimeout,
  async (t) => {
    const worker = await StagedWorker.start(t, { source, data: [{ hash, bytes }] });
    const first = await worker.master.visit(1);
    await worker.load(first);
    await worker.until("it asks for data", () => first.said("need-data") !== undefined);
    assert.deepEqual(first.said("need-data"), { type: "need-data", hash, offset: 0 });
    first.sendFrame(encodeDataPiece(hash, 0, bytes));
    const asked = () => first.types.filter((type) => type === "need-data").length;
    await worker.until("it has a piece, and asks for another", () => asked() === dataPiecesAhead + 1);
    first.cut();

    const second = await worker.master.visit(2);
    assert.equal(second.hello.session?.state, "loading");
    second.send(worker.prepare);
    await worker.until("it asks again", () => second.said("need-data") !== undefined);
    assert.equal(second.said("need-data")?.offset, dataPieceBytes, "only for what it has not");
    assert.equal(second.said("need-bundle"), undefined);
    for (let offset = dataPieceBytes; offset <= lastPiece; offset += dataPieceBytes) {
      second.sendFrame(encodeDataPiece(hash, offset, bytes));
    }
    await worker.until("it is ready", () => second.said("ready") !== undefined);
    worker.begin(second);
    await worker.until("it uses the data", () => worker.target.paths.has(`/of/number/${rows - 1}`));
  },
);

test("a worker that cannot take the data says so, once", withTimeout, async (t) => {
  const worker = await StagedWorker.start(t, { source, data: [{ hash, bytes }] });
  const visit = await worker.master.visit(1);
  await worker.load(visit);
  const other = Buffer.from(bytes).fill("x", 100, 101);
  for (let offset = 0; offset <= lastPiece; offset += dataPieceBytes) {
    visit.sendFrame(encodeDataPiece(hash, offset, other));
  }
  await worker.until("it has failed", () => visit.said("load-failed") !== undefined);
  assert.match(visit.said("load-failed")?.error.message ?? "", /the data of the test arrived damaged/);
  visit.send(worker.prepare);
  await worker.until(
    "it says so again when it is asked",
    () => visit.types.filter((type) => type === "load-failed").length === 2,
  );
  assert.equal(worker.master.visits.length, 1);
});
