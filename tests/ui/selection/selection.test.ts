import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatHash, pageHash } from "../../../src/ui/selection/page-hash.ts";
import {
  changedSelection,
  formatSelection,
  isSelected,
  noSelection,
  parseSelection,
  type Selection,
} from "../../../src/ui/selection/selection.ts";
import { assertProperty } from "../../support/property.ts";

const ranges = fc
  .tuple(fc.nat(1e9), fc.integer({ min: 1, max: 1e9 }))
  .map(([fromMs, widthMs]) => ({ fromMs, toMs: fromMs + widthMs }));
const names = fc.oneof(fc.constantFrom("", "GET /jobs?a=1&b=2#c", "GET /100%"), fc.string({ unit: "grapheme" }));
const ofRequests = fc.record(
  { endpoint: names, status: fc.constantFrom("", "5xx", "grpc-unavailable"), error: names },
  { noNullPrototype: true },
);
const selections: fc.Arbitrary<Selection> = fc
  .tuple(
    fc.option(ranges),
    fc.oneof(
      ofRequests,
      fc.record({ worker: fc.integer({ min: 1, max: 1e8 }) }, { noNullPrototype: true }),
      fc.record({ userClass: names }, { noNullPrototype: true }),
      fc.record({ group: names }, { noNullPrototype: true }),
      fc.record({ check: names }, { noNullPrototype: true }),
    ),
  )
  .map(([range, subject]) => ({ ...noSelection, range, ...subject }));

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

test("a change of a part keeps the time, and what is chosen already is cleared", () => {
  assertProperty(
    fc.property(selections, ranges, (selection, range) => {
      const ranged = changedSelection(selection, { kind: "range", range });
      assert.deepEqual(ranged, { ...selection, range });
      assert.deepEqual(changedSelection(ranged, { kind: "range", range: null }), { ...selection, range: null });
      const { endpoint, status, error } = selection;
      const requests = { ...noSelection, range, endpoint, status };
      const chosen = changedSelection(ranged, { kind: "endpoint", endpoint: `${endpoint}x` });
      assert.deepEqual(chosen, { ...requests, endpoint: `${endpoint}x` });
      assert.equal(changedSelection(chosen, { kind: "endpoint", endpoint: `${endpoint}x` }).endpoint, "");
      const failed = changedSelection(ranged, { kind: "status", status: `${status}x` });
      assert.deepEqual(failed, { ...requests, status: `${status}x` });
      assert.equal(changedSelection(failed, { kind: "status", status: failed.status }).status, "");
      const one = { endpoint: "GET /a", status: "5xx", error: `${error}x` };
      const erred = changedSelection(ranged, { kind: "error", error: one });
      assert.deepEqual(erred, { ...requests, ...one });
      assert.deepEqual(changedSelection(erred, { kind: "error", error: one }), { ...erred, error: "" });
    }),
  );
});

test("a worker, a class, a group, a check and an endpoint exclude each other, and keep the time", () => {
  assertProperty(
    fc.property(selections, (selection) => {
      const { range } = selection;
      const worker = changedSelection(selection, { kind: "worker", worker: (selection.worker ?? 0) + 1 });
      assert.deepEqual(worker, { ...noSelection, range, worker: (selection.worker ?? 0) + 1 });
      assert.deepEqual(changedSelection(worker, { kind: "worker", worker: worker.worker }), { ...noSelection, range });
      const userClass = `${selection.userClass}x`;
      const ofClass = changedSelection(worker, { kind: "class", userClass });
      assert.deepEqual(ofClass, { ...noSelection, range, userClass });
      assert.deepEqual(changedSelection(ofClass, { kind: "endpoint", endpoint: "GET /a" }), {
        ...noSelection,
        range,
        endpoint: "GET /a",
      });
      for (const part of ["group", "check"] as const) {
        const name = `${selection[part]}x`;
        const change =
          part === "group" ? ({ kind: part, group: name } as const) : ({ kind: part, check: name } as const);
        const chosen = changedSelection(selection, change);
        assert.deepEqual(chosen, { ...noSelection, range, [part]: name });
        assert.deepEqual(changedSelection(chosen, change), { ...noSelection, range });
        assert.equal(changedSelection(chosen, { kind: "status", status: "5xx" })[part], "");
      }
      const part = { kind: "part", part: { endpoint: "GET /a" } } as const;
      assert.deepEqual(changedSelection(selection, part), { ...noSelection, endpoint: "GET /a" });
      assert.deepEqual(changedSelection(selection, { kind: "clear" }), noSelection);
    }),
  );
  assert.deepEqual(parseSelection("worker=2&class=User&endpoint=GET+%2Fa"), { ...noSelection, worker: 2 });
  assert.deepEqual(parseSelection("class=User&status=5xx"), { ...noSelection, userClass: "User" });
  assert.deepEqual(parseSelection("group=a&check=b&status=5xx"), { ...noSelection, group: "a" });
  assert.deepEqual(parseSelection("check=b&status=5xx"), { ...noSelection, check: "b" });
  for (const worker of ["0", "-1", "1.5", "x", ""]) assert.deepEqual(parseSelection(`worker=${worker}`), noSelection);
});
