import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { linesOf } from "../../../../src/worker/http/stream/lines.ts";
import { assertAsyncProperty } from "../../../support/property.ts";

const pieces = fc.array(fc.constantFrom("\n", "\r", "\r\n", "a", "é", "😀", ""), { maxLength: 30 });

/** The lines of `text` whose bytes arrive cut at `cuts`. */
async function linesIn(text: string, cuts: readonly number[], isEventStream: boolean): Promise<string[]> {
  const bytes = Buffer.from(text);
  async function* chunks(): AsyncGenerator<Uint8Array, undefined> {
    let from = 0;
    for (const cut of [...cuts, bytes.length].sort((a, b) => a - b)) {
      if (cut < from || cut > bytes.length) continue;
      yield bytes.subarray(from, cut);
      from = cut;
    }
  }
  const all: string[] = [];
  let found = 0;
  const rules = {
    isEventStream,
    maxLength: 1_000,
    found: () => found++,
    tooLong: () => assert.fail(),
    isWhole: () => true,
  };
  for await (const line of linesOf(chunks(), rules)) all.push(line);
  assert.equal(found, all.length);
  return all;
}

for (const isEventStream of [false, true]) {
  const end = isEventStream ? /\r\n|\n|\r/ : /\r?\n/;
  test(`lines are the same however they are cut (${isEventStream ? "events" : "text"})`, async () => {
    await assertAsyncProperty(
      fc.asyncProperty(pieces, fc.array(fc.nat(40)), async (parts, cuts) => {
        const text = parts.join("");
        const expected = text.split(end);
        const last = expected.pop() ?? "";
        assert.deepEqual(await linesIn(text, cuts, isEventStream), last === "" ? expected : [...expected, last]);
      }),
    );
  });
}
