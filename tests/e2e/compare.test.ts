import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { ComparisonReport } from "../../src/report/comparison/comparison-report.ts";
import { Store } from "../../src/store/store.ts";
import { steadySecond } from "../report/comparison-fixture.ts";
import { resultOf } from "../report/result-fixture.ts";
import { delta, newRun, requests } from "../store/store-fixture.ts";
import { testBadInput } from "../support/bad-input.ts";
import { casesByDepth } from "../support/depth.ts";
import { MusterProcess } from "../support/muster-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** A store with runs of a minute, of the given mean response times in ms; the oldest first. */
async function folderWith(t: TestContext, means: Readonly<Record<string, number>>): Promise<string> {
  const folder = await temporaryFolder(t, { "broken.json": '{"schema":"muster-baseline/1"}', "text.json": "no JSON" });
  using store = Store.open(folder);
  for (const [position, [id, meanMs]] of Object.entries(means).entries()) {
    store.createRun(newRun(id, new Date(Date.UTC(2026, 0, 1, 0, position)).toISOString()));
    const windows = Array.from({ length: 60 }, (_, second) =>
      delta(second, steadySecond(meanMs * (1 + (second % 5) / 100))),
    );
    store.writer(id).commit({ windows, run: { state: "finished", result: resultOf(requests(1)) } });
  }
  return folder;
}

async function muster(t: TestContext, folder: string, ...words: string[]) {
  const process = new MusterProcess(t, words, { env: { MUSTER_DATA_DIR: folder }, cwd: folder });
  const { code } = await process.ended();
  return { code, out: process.stdout, said: process.stderr.trimEnd() };
}

test("muster compare: a slower run is found, and fails the job only beyond the limit", async (t) => {
  const folder = await folderWith(t, { "run-1": 40, "run-2": 40.2, "run-3": 48 });
  const same = await muster(t, folder, "compare", "run-1", "run-2", "--max-regression=10%");
  assert.deepEqual([same.code, same.said], [0, ""]);
  assert.match(same.out, /= NO CHANGE FOUND/);

  const worse = await muster(
    t,
    folder,
    "compare",
    "previous",
    "last",
    "--max-regression=10%",
    "--json=c.json",
    "--markdown=c.md",
    "--html=c.html",
  );
  assert.equal(worse.code, 99, worse.said);
  assert.match(worse.out, /✗ WORSE/);
  const report = JSON.parse(await readFile(join(folder, "c.json"), "utf8")) as ComparisonReport;
  assert.deepEqual(
    [report.schema, report.outcome, report.before.id, report.after.id],
    ["muster-comparison/1", "worse", "run-2", "run-3"],
  );
  const p95 = report.endpoints[0]?.figures.find(({ figure }) => figure === "p95");
  assert.ok(p95?.change != null && Math.abs(p95.change - 48 / 40.2 + 1) < 0.01, String(p95?.change));
  assert.match(await readFile(join(folder, "c.md"), "utf8"), /^### ✗ WORSE/);
  const beside = await muster(t, folder, "report", "run-1", "run-2", "run-3", "--html=runs.html");
  assert.deepEqual([beside.code, beside.out, beside.said], [0, "written: runs.html\n", ""]);
  assert.match(await readFile(join(folder, "runs.html"), "utf8"), /<title>3 runs side by side<\/title>/);
  assert.match(await readFile(join(folder, "c.html"), "utf8"), /^<!doctype html>/);

  assert.equal((await muster(t, folder, "compare", "run-1", "run-3")).code, 0);
  assert.equal((await muster(t, folder, "compare", "run-1", "run-3", "--max-regression=30%")).code, 0);
  assert.equal(
    (await muster(t, folder, "compare", "run-1", "run-3", "--max-regression=10%", "--min-change=25%")).code,
    0,
  );
});

test("a baseline file says the same as the run that it was written from, anywhere", async (t) => {
  const folder = await folderWith(t, { before: 40, after: 48 });
  const elsewhere = await folderWith(t, { another: 7, after: 48 });
  const file = join(elsewhere, "baseline.json");
  assert.deepEqual(await muster(t, folder, "runs", "export", "before", `--out=${file}`), {
    code: 0,
    out: "",
    said: "",
  });
  const byRun = await muster(t, folder, "compare", "before", "after", "--json=-");
  const byFile = await muster(t, elsewhere, "compare", "baseline.json", "last", "--json=-");
  assert.deepEqual(JSON.parse(byFile.out), JSON.parse(byRun.out));
  assert.equal((await muster(t, folder, "runs", "export", "before")).out, await readFile(file, "utf8"));
});

test("an invalid run is not judged", async (t) => {
  const folder = await folderWith(t, { before: 40, after: 60 });
  {
    using store = Store.open(folder);
    store.changeRun("after", { result: { ...resultOf(requests(1)), verdict: "invalid" } });
  }
  const { code, out } = await muster(t, folder, "compare", "before", "after", "--max-regression=10%");
  assert.equal(code, 110);
  assert.match(out, /! after is invalid: its figures are the generator's/);
});

test("an aborted run in which nothing is worse does not pass a limit, and one that is worse fails it", async (t) => {
  const folder = await folderWith(t, { before: 40, after: 40, slower: 60 });
  {
    using store = Store.open(folder);
    const result = { ...resultOf(requests(1)), verdict: "aborted" } as const;
    for (const id of ["after", "slower"]) store.changeRun(id, { result });
  }
  const same = await muster(t, folder, "compare", "before", "after", "--max-regression=10%");
  assert.deepEqual(
    [same.code, /not judged, as only a part of after was measured/.test(same.out)],
    [110, true],
    same.out,
  );
  assert.equal((await muster(t, folder, "compare", "before", "slower", "--max-regression=10%")).code, 99);
});

for (const [[word, says], declare] of casesByDepth(1, [
  ["broken.json", /^muster: broken\.json is not a baseline \(run: .*\): muster runs export writes baselines$/],
  ["text.json", /^muster: text\.json cannot be read \(.*\): muster runs export writes baselines/],
  ["missing.json", /^muster: there is no baseline file missing\.json$/],
  ["rnu", /^muster: no run "rnu"/],
] as const)) {
  declare(`${word} is no baseline, and is refused`, async (t) => {
    const folder = await folderWith(t, { run: 40 });
    const { code, said } = await muster(t, folder, "compare", word, "run");
    assert.equal(code, 104);
    assert.match(said, says);
  });
}

testBadInput("muster compare, asked badly", [
  { what: "one run only", words: ["compare", "a"], says: /^missing required argument 'after'$/ },
  {
    what: "a limit without a unit",
    words: ["compare", "a", "b", "--max-regression=10"],
    says: /Expected a percentage, e\.g\. "10%"/,
  },
  {
    what: "too many minimal changes",
    words: ["compare", "a", "b", "--min-change=5%,1ms,2"],
    says: /Expected for example "5%,1ms"/,
  },
  {
    what: "a file that cannot be written",
    words: ["compare", "a", "b", "--json=no/c.json"],
    says: /^--json no\/c\.json: the folder/,
  },
  {
    what: "several runs as another file than a page",
    words: ["report", "a", "b", "--json=x.json"],
    says: /^--json takes one run; several runs need --html$/,
  },
  {
    what: "several runs without a page",
    words: ["report", "a", "b"],
    says: /^several runs are shown side by side by --html FILE$/,
  },
  { what: "no store", words: ["compare", "last", "previous"], says: /^there are no stored runs in / },
]);
