import assert from "node:assert/strict";
import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sharedProcesses } from "../scripts/test-groups.ts";

const root = join(import.meta.dirname, "..");

/** What a test would do to the other files of its process, or what does not work in a process that others use. */
const forbidden: readonly (readonly [what: string, pattern: RegExp])[] = [
  ["a hook outside of a suite is one of every file", /^(before|after)(Each)?\(/m],
  ["a change of the process", /\bprocess\.(chdir\(|exit\(|exitCode =|env\.\w+ =|env\[)|delete process\.env/],
  ["timers that are mocked for all, instead of by the context of the test", /(?<!\.)\bmock\.timers/],
  ["certificates that the process trusts", /\bsetDefaultCACertificates\(/],
];
const startsAnother = ["another process", /node:child_process|\bTestProcess\b|\bMusterProcess\b/] as const;

const filesOf = (place: string) =>
  place.endsWith(".test.ts") ? [place] : globSync(`${place}/**/*.test.ts`, { cwd: root });

/** The number of test files, without globs. */
const countIn = (places: readonly string[]): number =>
  places
    .flatMap((place) =>
      place.endsWith(".test.ts") ? [place] : readdirSync(join(root, place), { recursive: true, encoding: "utf8" }),
    )
    .filter((name) => name.endsWith(".test.ts")).length;

test("files that share a process leave it as it was", () => {
  for (const { folders, except, startsOthers = false } of sharedProcesses) {
    const others = except.flatMap(filesOf);
    const files = folders.flatMap(filesOf).filter((file) => !others.includes(file));
    assert.equal(files.length, countIn(folders) - countIn(except), String(folders));
    for (const file of files) {
      const source = readFileSync(join(root, file), "utf8");
      for (const [what, pattern] of startsOthers ? forbidden : [...forbidden, startsAnother])
        assert.doesNotMatch(source, pattern, `${file}: ${what}`);
    }
  }
});

test("each place of files that share a process, and of those that do not, holds some", () => {
  for (const place of sharedProcesses.flatMap(({ folders, except }) => [...folders, ...except])) {
    assert.ok(filesOf(place).length > 0 && existsSync(join(root, place)), place);
  }
});
