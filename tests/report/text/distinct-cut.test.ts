import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cutDistinct } from "../../../src/report/text/distinct-cut.ts";
import { widthOf } from "../../../src/report/text/text-width.ts";
import { assertProperty } from "../../support/property.ts";

const cutAll = (columns: number, ...texts: string[]) => cutDistinct(texts, columns);

test("texts that fit are not cut; names are cut in the middle, sentences at the end", () => {
  assert.deepEqual(cutAll(10, "0123456789", "01234567890"), ["0123456789", "01234…7890"]);
  assert.deepEqual(cutDistinct(["01234567890"], 10, "end"), ["012345678…"]);
  assert.deepEqual(cutAll(32, "GET /api/v1/organizations/:id/members", "GET /api/v1/organizations/:id/projects"), [
    "GET /api/v1/orga…ons/:id/members",
    "GET /api/v1/orga…ns/:id/projects",
  ]);
});

test("names that differ where they would be cut are cut elsewhere", () => {
  const [beginning, end] = ["/a-beginning-that-all-have/", "/and-an-end-that-all-have-too"];
  const names = ["one", "two", "three"].map((middle) => beginning + middle + end);
  const cut = cutDistinct(names, 24);
  for (const [position, middle] of ["one", "two", "three"].entries())
    assert.match(cut[position] ?? "", new RegExp(middle));
  assert.equal(new Set(cut).size, 3);
});

test("equal texts stay equal, and no text is taken for the cut of another", () => {
  const long = "GET /one/long/name";
  const [cut] = cutAll(10, long);
  assert.ok(cut !== undefined);
  const [first, second, whole] = cutAll(10, long, long, cut);
  assert.equal(first, second);
  assert.equal(whole, cut);
  assert.notEqual(first, cut);
});

/** Few letters, so that many look alike when they are cut; some are two columns wide, or made of two characters. */
const letters = fc.string({ unit: fc.constantFrom("a", "b", "/", "é".normalize("NFD"), "予", "🦊"), maxLength: 30 });
const alike = fc
  .tuple(letters, fc.array(letters, { maxLength: 12 }), letters)
  .map(([head, middles, tail]) => middles.map((middle) => head + middle + tail));

test("different texts stay different at any width of 8 or more, and none is too wide", () => {
  assertProperty(
    fc.property(alike, fc.integer({ min: 8, max: 40 }), fc.constantFrom("middle", "end"), (texts, columns, place) => {
      const cut = cutDistinct(texts, columns, place);
      assert.equal(new Set(cut).size, new Set(texts).size, JSON.stringify(cut));
      for (const [position, text] of texts.entries()) {
        const short = cut[position] ?? "";
        assert.ok(widthOf(short) <= columns, `${short} in ${columns}`);
        if (widthOf(text) <= columns) assert.equal(short, text);
        else assert.ok(short.includes("…"));
      }
    }),
  );
});

test("any number of columns gives texts of at most as many", () => {
  assertProperty(
    fc.property(alike, fc.nat({ max: 7 }), (texts, columns) => {
      for (const short of cutDistinct(texts, columns)) assert.ok(widthOf(short) <= Math.max(1, columns), short);
    }),
  );
});
