import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { readSources } from "../scripts/house/sources.ts";
import { verifyWalk, type Walks } from "../scripts/house/walks.ts";

const root = path.resolve(import.meta.dirname, "..");
const { now }: { readonly now: Walks } = JSON.parse(readFileSync(path.join(root, "scripts/house/walks.json"), "utf8"));
const sources = readSources(root);

for (const [name, walk] of Object.entries(now)) {
  test(`each file on the walk "${name}" is connected with the one before it`, () => {
    assert.ok(walk.length > 1);
    verifyWalk(name, walk, sources);
  });
}

test("a walk that lacks a step or names no file is refused", () => {
  verifyWalk("whole", ["src/cli/main.ts", "src/core/errors.ts"], sources);
  const broken = ["src/core/ranges.ts", "src/core/random.ts"];
  assert.throws(() => verifyWalk("broken", broken, sources), /ranges\.ts and src\/core\/random\.ts are not connected/);
  assert.throws(() => verifyWalk("lost", ["src/core/nowhere.ts"], sources), /nowhere\.ts does not exist/);
});
