import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Store } from "../../src/store/store.ts";
import { resultOf } from "../report/result-fixture.ts";
import { newRun, requests } from "../store/store-fixture.ts";
import { testBadInput } from "../support/bad-input.ts";
import { MusterProcess } from "../support/muster-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const dayMs = 86_400_000;

/** A folder with runs of so many days ago; "active" is one that goes on, the master of "killed" has ended a minute ago. */
async function folderWith(t: TestContext, ages: Readonly<Record<string, number>>): Promise<string> {
  const folder = await temporaryFolder(t);
  using store = Store.open(folder);
  for (const [id, days] of Object.entries(ages)) {
    store.createRun(newRun(id, new Date(Date.now() - days * dayMs).toISOString()));
    // A live master writes again and again: this one will have done so for a while.
    const wroteMs = { active: Date.now() + 120_000, killed: Date.now() - 60_000 }[id];
    if (wroteMs !== undefined) store.changeRun(id, { state: "running", activeAt: new Date(wroteMs).toISOString() });
    else store.changeRun(id, { state: "finished", result: resultOf(requests(120)) });
  }
  return folder;
}

async function runs(t: TestContext, folder: string, ...words: string[]) {
  const muster = new MusterProcess(t, ["runs", ...words], { env: { MUSTER_DATA_DIR: folder } });
  const { code } = await muster.ended();
  return { code, lines: muster.stdout.trimEnd().split("\n"), said: muster.stderr.trimEnd() };
}

test("muster runs: a line for each, the newest first, at most 100 columns", async (t) => {
  const folder = await folderWith(t, { "20261123-182345-3fa9": 3, "20261124-182345-77aa": 2, active: 0 });
  await runs(t, folder, "name", "20261123", "release-7");
  await runs(t, folder, "tag", "release-7", "nightly", "main");
  const { code, lines } = await runs(t, folder);
  assert.equal(code, 0);
  assert.equal(lines.length, 4);
  assert.match(lines[1] ?? "", /^… active +test\.ts \/ default +just now +running$/);
  assert.match(lines[2] ?? "", /^✓ 20261124-182345-77aa +test\.ts \/ default +2 d ago +01:00 +passed +2\.0 +1\.00$/);
  assert.match(lines[3] ?? "", /^✓ 20261123-182345-3fa9 +release-7 \[main, ni… +test/);
  for (const line of lines) assert.ok(line.length <= 100, line);

  const tagged = await runs(t, folder, "list", "--tag=nightly", "--json");
  const { schema, runs: listed } = JSON.parse(tagged.lines.join("\n"));
  assert.equal(schema, "muster-runs/1");
  assert.deepEqual(
    listed.map(({ id, name, tags, verdict, requests }: Record<string, unknown>) => [id, name, tags, verdict, requests]),
    [["20261123-182345-3fa9", "release-7", ["main", "nightly"], "passed", 120]],
  );
  assert.match((await runs(t, folder, "--limit=1")).lines.at(-1) ?? "", /and 2 older runs/);
});

test("muster runs: a run whose master was killed is interrupted, and one that goes on is not", async (t) => {
  const folder = await folderWith(t, { killed: 1, active: 0 });
  const { runs: listed } = JSON.parse((await runs(t, folder, "list", "--json")).lines.join("\n"));
  assert.deepEqual(
    listed.map(({ id, state }: Record<string, unknown>) => [id, state]),
    [
      ["active", "running"],
      ["killed", "interrupted"],
    ],
  );
});

test("a name moves to another run and says so; tags come and go", async (t) => {
  const folder = await folderWith(t, { first: 2, second: 1 });
  assert.deepEqual((await runs(t, folder, "name", "previous", "base")).lines, ["first is named base"]);
  assert.deepEqual((await runs(t, folder, "name", "last", "base")).lines, [
    "second is named base; first has no name now",
  ]);
  assert.deepEqual((await runs(t, folder, "name", "base", "--remove")).lines, ["second has no name"]);
  assert.deepEqual((await runs(t, folder, "tag", "first", "b", "a")).lines, ["first is tagged a, b"]);
  assert.deepEqual((await runs(t, folder, "tag", "first", "b", "--remove")).lines, ["first is tagged a"]);
});

test("runs are removed and pruned; named ones and those that go on stay", async (t) => {
  const folder = await folderWith(t, { oldest: 50, named: 45, old: 40, young: 2, active: 35 });
  await runs(t, folder, "name", "named", "baseline");
  const dry = await runs(t, folder, "prune", "--older-than=30d", "--dry-run");
  assert.deepEqual(dry.lines, ["old would be removed", "oldest would be removed", "3 of 5 runs would stay"]);
  const kept = await runs(t, folder, "prune", "--older-than=30d", "--keep=3");
  assert.deepEqual(kept.lines, ["oldest is removed", "4 of 5 runs stay"]);
  assert.deepEqual((await runs(t, folder, "remove", "old", "young")).lines, ["old is removed", "young is removed"]);
  using store = Store.open(folder);
  assert.deepEqual(
    store
      .runs()
      .map(({ id }) => id)
      .sort(),
    ["active", "named"],
  );

  const refused = await runs(t, folder, "remove", "named", "active");
  assert.deepEqual([refused.code, refused.said], [104, "muster: active is in progress: end it first"]);
  assert.equal(store.runs().length, 2);
});

test("without a store there is nothing to list, and none is made", async (t) => {
  const folder = await temporaryFolder(t);
  const { code, lines } = await runs(t, `${folder}/nowhere`);
  assert.deepEqual([code, lines], [0, [`no runs in ${folder}/nowhere yet; start one with: muster run TEST`]]);
  assert.match(
    (await runs(t, `${folder}/nowhere`, "name", "last", "x")).said,
    /there are no stored runs in .*--data-dir/,
  );
});

testBadInput("muster runs, asked badly", [
  {
    what: "an unknown sub-command",
    words: ["runs", "prun"],
    says: /^unknown command 'runs prun' \(Did you mean prune\?\)$/,
  },
  {
    what: "prune without a rule",
    words: ["runs", "prune"],
    says: /^give --keep 20, --older-than 30d, or both$/,
  },
  { what: "a name that is missing", words: ["runs", "name", "last"], says: /^give either a name or --remove/ },
  {
    what: "a name that is taken by the language",
    words: ["runs", "name", "x", "last"],
    says: /cannot have the name "last"/,
  },
  { what: "a tag with a comma", words: ["runs", "tag", "x", "a,b"], says: /^bad tag "a,b"/ },
  {
    what: "an unknown flag",
    words: ["runs", "prune", "--kep", "2"],
    says: /^unknown option '--kep' \(Did you mean --keep\?\)$/,
  },
]);
