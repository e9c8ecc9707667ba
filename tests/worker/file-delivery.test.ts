import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { dataPieceBytes, encodeDataPiece } from "../../src/protocol/data-frame.ts";
import { patienceMs } from "../support/wait-until.ts";
import { StagedWorker } from "./staged-worker.ts";

const withTimeout = { timeout: patienceMs };
const bytes = Buffer.from(Array.from({ length: 2 * dataPieceBytes + 9 }, (_, at) => (at * 13) % 251));
const hash = createHash("sha256").update(bytes).digest("hex");
const nothing = createHash("sha256").digest("hex");

const source = `import { defineTest, file } from "muster-load";
  const [photo, again, empty] = [file("photo.jpg"), file("copy/photo.jpg"), file("empty.txt")];
  const put = (vu) => vu.http.put("/of/" + photo.sha256 + "/" + (photo.bytes() === again.bytes()) + "/" + empty.size, { body: photo });
  export default defineTest({ users: [{ name: "Sender", tasks: { put } }], profiles: {} });`;

const files = [
  { path: "photo.jpg", hash, bytes },
  { path: "copy/photo.jpg", hash, bytes },
  { path: "empty.txt", hash: nothing, bytes: new Uint8Array(0) },
];

test(
  "a worker requests each file that the test sends once, continues after a lost socket, and sends it",
  withTimeout,
  async (t) => {
    const worker = await StagedWorker.start(t, { source, files });
    const first = await worker.master.visit(1);
    await worker.load(first);
    await worker.until("it asks for the file", () => first.said("need-data") !== undefined);
    first.sendFrame(encodeDataPiece(hash, 0, bytes));
    const asked = () => first.types.filter((type) => type === "need-data").length;
    await worker.until("it has asked for all pieces", () => asked() === 3);
    first.cut();

    const second = await worker.master.visit(2);
    second.send(worker.prepare);
    await worker.until("it asks again", () => second.said("need-data") !== undefined);
    for (let offset = 0; offset < bytes.length; offset += dataPieceBytes) {
      second.sendFrame(encodeDataPiece(hash, offset, bytes));
    }
    await worker.until("it is ready", () => second.said("ready") !== undefined);
    worker.begin(second);
    await worker.until("it sends the file", () => worker.target.paths.has(`/of/${hash}/true/0`));
  },
);

test("a worker whose file has changed on the master says so", withTimeout, async (t) => {
  const worker = await StagedWorker.start(t, { source, files });
  const visit = await worker.master.visit(1);
  await worker.load(visit);
  const other = Buffer.from(bytes).fill("x", 100, 101);
  for (let offset = 0; offset < bytes.length; offset += dataPieceBytes) {
    visit.sendFrame(encodeDataPiece(hash, offset, other));
  }
  await worker.until("it has failed", () => visit.said("load-failed") !== undefined);
  assert.match(visit.said("load-failed")?.error.message ?? "", /a file may have been changed or removed on the master/);
});
