import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { type Fault, faultOf, faults, loads, runTrial, type TrialLoad } from "../support/chaos-trial.ts";
import { deepTest } from "../support/depth.ts";

/** The faults of the table in the guide, in its words. */
const accidents: Readonly<Record<Fault, string>> = {
  "kill a worker": "a worker dies",
  "stop a worker": "a worker stands still for a moment",
  "freeze a worker": "a worker stands still until it is declared lost, and comes back",
  "silence a socket": "a connection is open and carries nothing",
  "cut a socket": "a connection breaks",
  "add a worker": "a worker joins late",
  "kill the master": "the master dies and is resumed",
  "stop the master": "the master stands still for a moment",
  "remove the store": "the folder of the store is removed",
  "fill the disk": "the disk of the store is full",
};

const guide = await readFile(new URL("../../docs/guide/trustworthy-results.md", import.meta.url), "utf8");
const rows = guide.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
const head = rows.find((cells) => cells[1] === "accident") ?? [];

/** The verdicts that the guide gives for an accident under a load. */
function verdictsOf(accident: string, load: TrialLoad): string[] {
  const row = rows.find((cells) => cells[1] === accident) ?? [];
  const column = head.findIndex((title) => title.startsWith(load));
  return [...(row[column] ?? "").matchAll(/\b(?:passed|failed|invalid)\b/g)].map(([verdict]) => verdict);
}

test("the guide has a row for each accident, and a column for each kind of load", () => {
  for (const accident of Object.values(accidents)) {
    for (const load of loads) assert.notDeepEqual(verdictsOf(accident, load), [], `${accident}, ${load}`);
  }
});

// Their processes wait most of the time.
describe("an accident has the verdict that the guide gives", { concurrency: 3 }, () => {
  for (const [position, fault] of faults.entries()) {
    for (const load of loads) {
      deepTest(`${accidents[fault]}, under ${load}`, async (t) => {
        const trial = await runTrial(t, 2_000 + position, { fault, load });
        const { result } = trial;
        assert.equal(faultOf(trial), null, JSON.stringify({ ...trial, result: result.ledger, events: result.events }));
        const verdicts = verdictsOf(accidents[fault], load);
        assert.ok(
          verdicts.includes(result.verdict),
          `${result.verdict}, not ${verdicts}: ${result.reasons.join("; ")}`,
        );
      });
    }
  }
});
