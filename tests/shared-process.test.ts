import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sharedFolders } from "../scripts/test-groups.ts";

const root = join(import.meta.dirname, "..");

/** What a test would do to the other files of its process, or what does not work in a process that others use. */
const forbidden: readonly (readonly [what: string, pattern: RegExp])[] = [
  ["a hook outside of a suite is one of every file", /^(before|after)(Each)?\(/m],
  ["a change of the process", /\bprocess\.(chdir\(|exit\(|exitCode =|env\.\w+ =|env\[)|delete process\.env/],
  ["timers that are mocked for all, instead of by the context of the test", /(?<!\.)\bmock\.timers/],
  ["another process", /node:child_process|\bTestProcess\b|\bMusterProcess\b/],
];

test("files that share a process leave it as it was", () => {
  const files = sharedFolders.flatMap((folder) => globSync(`${folder}/**/*.test.ts`, { cwd: root }));
  assert.ok(files.length > 100, `${files.length} files`);
  for (const file of files) {
    const source = readFileSync(join(root, file), "utf8");
    for (const [what, pattern] of forbidden) assert.doesNotMatch(source, pattern, `${file}: ${what}`);
  }
});

test("each folder of files that share a process holds some", () => {
  for (const folder of sharedFolders) assert.ok(globSync(`${folder}/**/*.test.ts`, { cwd: root }).length > 0, folder);
});
