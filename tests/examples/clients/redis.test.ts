import assert from "node:assert/strict";
import { redisProgram } from "../../../scripts/optional-tools.ts";
import { deepTest } from "../../support/depth.ts";
import { completedRun } from "../../support/muster-process.ts";
import { RedisServer } from "../../support/servers/redis.ts";
import { countsOf, example, kindsOf, runWithOutage } from "./client-runs.ts";

const options = { skip: redisProgram() !== null ? false : "redis-server is not installed" };

deepTest(
  "Redis has executed what two workers measured, over a shared connection and over those of users",
  async (t) => {
    const redis = await RedisServer.start(t);
    const words = [example("redis"), "--users=8", "--spawn-rate=100", "--run-time=2s", "--workers=2"];
    const { result } = await completedRun(t, words, { REDIS_URL: redis.url });
    const { requests, failures } = countsOf(result);
    assert.deepEqual(failures, {}, JSON.stringify(result.errors));
    const calls = { "count visit": await redis.calls("incr"), "get price": await redis.calls("get") };
    assert.deepEqual(requests, calls);
    assert.equal(await redis.get("visits"), calls["count visit"]);
  },
  options,
);

deepTest(
  "Redis crashes in mid-run: failures have their kinds, clients connect again, and what it has counted was measured",
  async (t) => {
    const redis = await RedisServer.start(t);
    const result = await runWithOutage(t, "redis", { REDIS_URL: redis.url }, redis, () => redis.calls("incr"));
    assert.deepEqual(kindsOf(result), ["reset"]);
    const { requests, failures } = countsOf(result);
    const [sent, failed] = [requests["count visit"] ?? 0, failures["count visit"] ?? 0];
    const counted = await redis.get("visits");
    // An answer may have been lost.
    assert.ok(counted >= sent - failed && counted <= sent, `${sent} - ${failed}, ${counted}`);
  },
  options,
);
