import assert from "node:assert/strict";
import { test } from "node:test";
import { WorkersOfRun } from "./simulated-worker.ts";

const rows = (batch: number) => ({ type: "request-rows" as const, batch, rows: [], leftOut: 0 });

test("requests of a worker reach the run once, however often they come, and are answered until it has heard", async () => {
  await using run = await WorkersOfRun.open();
  const [peer, worker] = await run.running();
  const answers = () => peer.heard.flatMap((message) => (message.type === "request-rows-taken" ? [message.batch] : []));
  const told = () => run.told.filter((text) => text.startsWith("rows"));
  // The same again, as after a reconnect, while they are not written yet.
  for (const batch of [1, 1]) peer.say(rows(batch));
  peer.beat();
  await run.until(() => peer.heard.some(({ type }) => type === "heartbeat"));
  assert.deepEqual([told(), answers()], [["rows 1 of 1"], []]);
  worker.rowsTaken(1);
  // The answer may have been lost.
  peer.say(rows(1));
  await run.until(() => answers().length === 2);
  peer.say(rows(2));
  await run.until(() => told().length === 2);
  assert.deepEqual(
    [told(), answers()],
    [
      ["rows 1 of 1", "rows 2 of 1"],
      [1, 1],
    ],
  );
});
