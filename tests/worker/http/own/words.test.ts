import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { equalWords, wordsOf } from "../../../../src/worker/http/own/bytes.ts";
import { assertProperty } from "../../../support/property.ts";

const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 });

test("bytes are equal to the words that were made of them, wherever they lie, and no others are", () => {
  assertProperty(
    fc.property(bytes, fc.nat(9), fc.option(fc.nat(39)), fc.nat(254), (content, before, changedAt, change) => {
      const whole = Buffer.alloc(before + content.length + 3);
      whole.set(content, before);
      const words = wordsOf(whole, before, before + content.length);
      const other = Buffer.concat([Buffer.alloc(5), whole]);
      const at = changedAt === null ? null : changedAt % content.length;
      if (at !== null) other[5 + before + at] = ((content[at] as number) + 1 + change) % 256;
      assert.equal(equalWords(other, 5 + before, words, content.length), at === null);
    }),
  );
});
