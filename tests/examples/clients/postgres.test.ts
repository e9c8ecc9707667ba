import assert from "node:assert/strict";
import { postgresPrograms } from "../../../scripts/optional-tools.ts";
import { deepTest } from "../../support/depth.ts";
import { completedRun } from "../../support/muster-process.ts";
import { Postgres } from "../../support/servers/postgres.ts";
import { countsOf, example, kindsOf, runWithOutage } from "./client-runs.ts";

const options = { skip: postgresPrograms() !== null ? false : "PostgreSQL is not installed" };
const insert = "insert into jobs (name) values";

deepTest(
  "PostgreSQL has executed what two workers measured, over a pool and over connections of users",
  async (t) => {
    const postgres = await Postgres.start(t);
    const words = [example("postgres"), "--users=8", "--spawn-rate=100", "--run-time=2s", "--workers=2"];
    const { result } = await completedRun(t, words, { DATABASE_URL: postgres.url });
    const { requests, failures } = countsOf(result);
    assert.deepEqual(failures, {}, JSON.stringify(result.errors));
    assert.deepEqual(requests, {
      connect: 4,
      "insert job": await postgres.calls(insert),
      "select job": await postgres.calls("select * from jobs where id"),
    });
    assert.equal(result.checks.find(({ name }) => name === "the job was found")?.failures, 0);
  },
  options,
);

deepTest(
  "PostgreSQL crashes in mid-run: failures have their kinds, users connect again, and what it has committed was measured",
  async (t) => {
    const postgres = await Postgres.start(t);
    const env = { DATABASE_URL: postgres.url };
    const result = await runWithOutage(t, "postgres", env, postgres, () => postgres.calls(insert));
    // It refuses connections while it is down, and answers with 57P03 while it starts.
    assert.deepEqual(
      kindsOf(result).filter((kind) => kind !== "other"),
      ["refused", "reset"],
    );
    const [row] = await postgres.query("select count(*)::int as count from jobs where name like 'job of%'");
    const { requests, failures } = countsOf(result);
    const [inserted, failed] = [requests["insert job"] ?? 0, failures["insert job"] ?? 0];
    const committed = Number(row?.count);
    // An answer may have been lost.
    assert.ok(committed >= inserted - failed && committed <= inserted, `${inserted} - ${failed}, ${committed}`);
  },
  options,
);
