import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { dataPieceBytes, dataPiecesAhead, encodeDataPiece } from "../../src/protocol/data-frame.ts";
import { maxDataBytes } from "../../src/scenario/bundle/data-part.ts";
import { ArrivingData, requireAcceptable } from "../../src/worker/arriving-data.ts";

const file = (length: number) => Uint8Array.from({ length }, (_, at) => (at * 31) % 253);
const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const files = new Map(
  [file(3 * dataPieceBytes + 5), file(2), file(9 * dataPieceBytes)].map((one) => [hashOf(one), one]),
);

/** What is announced, on its way; `asked` are the pieces that nobody has sent yet. */
function onItsWay() {
  const asked: [hash: string, offset: number][] = [];
  const announced = [...files].map(([hash, { length }]) => ({ hash, bytes: length }));
  const arriving = new ArrivingData(announced, (hash, offset) => asked.push([hash, offset]));
  return { arriving, asked };
}

const pieceOf = (hash: string, offset: number) => encodeDataPiece(hash, offset, files.get(hash) as Uint8Array);

test("files arrive piece by piece, in order, and a few pieces are asked for ahead", () => {
  const { arriving, asked } = onItsWay();
  arriving.begin();
  let pieces = 0;
  for (let next = asked.shift(); next !== undefined; next = asked.shift()) {
    assert.ok(asked.length < dataPiecesAhead);
    assert.equal(arriving.isComplete, false);
    arriving.take(pieceOf(...next));
    pieces++;
  }
  assert.equal(pieces, 4 + 1 + 9);
  assert.ok(arriving.isComplete);
  arriving.verify();
  assert.deepEqual(
    arriving.parts,
    [...files].map(([hash, bytes]) => ({ hash, bytes })),
  );
});

test("after a lost socket the rest is asked for again, and what comes twice does no harm", () => {
  const { arriving, asked } = onItsWay();
  arriving.begin();
  const [first, second] = asked.splice(0) as [[string, number], [string, number]];
  arriving.take(pieceOf(...first));
  asked.length = 0;
  arriving.begin();
  assert.deepEqual(asked[0], second, "it goes on where it was");
  arriving.take(pieceOf(...first));
  for (let next = asked.shift(); next !== undefined; next = asked.shift()) arriving.take(pieceOf(...next));
  assert.ok(arriving.isComplete);
  arriving.verify();
});

test("other bytes than announced, too many of them, and frames that are no pieces are refused", () => {
  const { arriving, asked } = onItsWay();
  arriving.begin();
  for (let next = asked.shift(); next !== undefined; next = asked.shift()) {
    const frame = pieceOf(...next);
    frame[frame.length - 1] = (frame[frame.length - 1] ?? 0) ^ 1;
    arriving.take(frame);
  }
  assert.throws(() => arriving.verify(), /arrived damaged/);
  assert.throws(() => arriving.take(new Uint8Array(38)), /a data frame of 38 bytes is not valid/);
  assert.throws(() => arriving.take(new Uint8Array(39 + dataPieceBytes)), /a data frame of \d+ bytes is not valid/);
  const tooMuch = [
    { hash: "a", bytes: maxDataBytes },
    { hash: "b", bytes: 1 },
  ];
  assert.throws(
    () => requireAcceptable("imports", tooMuch, maxDataBytes),
    /imports 256 MB of data; this worker takes 256 MB/,
  );
});
