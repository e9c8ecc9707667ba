import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatHash, pageHash } from "../../src/ui/selection/page-hash.ts";
import {
  changedSelection,
  formatSelection,
  isSelected,
  noSelection,
  parseSelection,
  type Selection,
} from "../../src/ui/selection/selection.ts";
import { assertProperty } from "../support/property.ts";

const ranges = fc
  .tuple(fc.nat(1e9), fc.integer({ min: 1, max: 1e9 }))
  .map(([fromMs, widthMs]) => ({ fromMs, toMs: fromMs + widthMs }));
const selections: fc.Arbitrary<Selection> = fc.record(
  {
    range: fc.option(ranges),
    endpoint: fc.oneof(fc.constantFrom("", "GET /jobs?a=1&b=2#c", "GET /100%"), fc.string({ unit: "grapheme" })),
    status: fc.constantFrom("", "5xx", "grpc-unavailable"),
  },
  { noNullPrototype: true },
);

test("a selection in a URL is read as it was written, beside the path of the page", () => {
  assertProperty(
    fc.property(selections, fc.constantFrom("", "/overview", "/runs/a%3Fb"), (selection, path) => {
      const hash = formatHash({ path, selection: formatSelection(selection) });
      const read = pageHash(new URL(hash, "http://host/page").hash);
      assert.equal(read.path, path);
      assert.deepEqual(parseSelection(read.selection), selection);
      assert.equal(isSelected(selection), formatSelection(selection) !== "");
    }),
  );
});

test("whatever is in a URL, a selection is read, and nothing from what is not valid", () => {
  assertProperty(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const { range } = parseSelection(text);
      assert.ok(range === null || range.toMs > range.fromMs);
    }),
  );
  for (const text of [
    "from=5",
    "to=5",
    "from=9&to=5",
    "from=5&to=5",
    "from=-1&to=5",
    "from=1e3&to=9e9",
    "from=a&to=b",
  ]) {
    assert.deepEqual(parseSelection(text), noSelection, text);
  }
});

test("a change leaves the rest of a selection as it is, and the chosen endpoint again chooses all", () => {
  assertProperty(
    fc.property(selections, ranges, (selection, range) => {
      const ranged = changedSelection(selection, { kind: "range", range });
      assert.deepEqual(ranged, { ...selection, range });
      const chosen = changedSelection(ranged, { kind: "endpoint", endpoint: `${selection.endpoint}x` });
      assert.deepEqual(chosen, { ...ranged, endpoint: `${selection.endpoint}x` });
      assert.deepEqual(changedSelection(chosen, { kind: "endpoint", endpoint: chosen.endpoint }), {
        ...ranged,
        endpoint: "",
      });
      assert.deepEqual(changedSelection(chosen, { kind: "range", range: null }).range, null);
      const failed = changedSelection(chosen, { kind: "status", status: `${chosen.status}x` });
      assert.deepEqual(failed, { ...chosen, status: `${chosen.status}x` });
      assert.equal(changedSelection(failed, { kind: "status", status: failed.status }).status, "");
      assert.deepEqual(changedSelection(chosen, { kind: "clear" }), noSelection);
    }),
  );
});
