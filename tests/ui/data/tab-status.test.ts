import assert from "node:assert/strict";
import { test } from "node:test";
import { tabIcon, tabStatus } from "../../../src/ui/data/tab-status.ts";

const running = { state: "running", elapsedMs: 30_000, durationMs: 60_000 } as const;
const facts = { state: running, mark: "✓", isLost: false, subject: "shop / standard" } as const;

test("the title of a run has its verdict so far and its progress, and in the end its verdict", () => {
  const titleOf = (changes: Partial<Parameters<typeof tabStatus>[0]>) => tabStatus({ ...facts, ...changes }).title;
  assert.equal(titleOf({}), "✓ 50 % shop / standard · muster");
  assert.equal(titleOf({ mark: "✗" }), "✗ 50 % shop / standard · muster");
  assert.equal(
    titleOf({ mark: "!", state: { ...running, state: "paused" } }),
    "! 50 % paused shop / standard · muster",
  );
  assert.equal(
    titleOf({ mark: null, state: { ...running, state: "starting" } }),
    "● starting shop / standard · muster",
  );
  assert.equal(titleOf({ state: { ...running, durationMs: null } }), "✓ shop / standard · muster");
  assert.equal(titleOf({ mark: "✗", state: { ...running, state: "finished" } }), "✗ shop / standard · muster");
  assert.equal(titleOf({ state: { ...running, state: "ready" }, mark: null, subject: "shop" }), "shop · muster");
  assert.equal(titleOf({ state: null, mark: null, subject: "" }), "muster");
});

test("a verdict of a master that cannot be reached is not shown", () => {
  const status = tabStatus({ ...facts, isLost: true });
  assert.deepEqual([status.mark, status.title], ["!", "! connection lost: shop / standard · muster"]);
});

test("the icon differs by mark and progress, and does not change with every second", () => {
  const icons = (["✓", "✗", "!", "●"] as const).map((mark) => tabIcon({ mark, progress: null }));
  assert.equal(new Set(icons).size, 4);
  for (const icon of icons) assert.match(decodeURIComponent(icon), /^data:image\/svg\+xml,<svg [^#]*#[0-9a-f]{6}/);
  const steps = Array.from({ length: 1_001 }, (_, at) => tabIcon({ mark: "✓", progress: at / 1_000 }));
  assert.equal(new Set(steps).size, 21);
});
