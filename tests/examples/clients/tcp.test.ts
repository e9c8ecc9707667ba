import assert from "node:assert/strict";
import { test } from "node:test";
import { completedRun } from "../../support/muster-process.ts";
import { TestServer } from "../../worker/http/fixture.ts";
import { countsOf, example } from "./client-runs.ts";

test("a server of a line protocol has answered what two workers measured; it breaks some connections", async (t) => {
  let answered = 0;
  let broken = 0;
  await using server = await TestServer.raw((socket) => {
    socket.setEncoding("utf8").on("data", (text) => {
      for (const line of String(text).split("\n").slice(0, -1)) {
        // Every tenth iteration of user 3.
        if (/^move 3 \d*5$/.test(line)) {
          broken++;
          socket.destroy();
        } else {
          answered++;
          socket.write(line.startsWith("move 4 ") ? "no\n" : "ok\n");
        }
      }
    });
  });
  const { port } = new URL(server.url);
  const words = [example("tcp"), "--users=6", "--spawn-rate=100", "--run-time=2s", "--workers=2"];
  const { code, result } = await completedRun(t, words, { TCP_PORT: port });
  const { requests, failures } = countsOf(result);
  assert.deepEqual([code, requests.move], [99, answered + broken], String(result.reasons));
  // User 3 connects again in its next iteration, which the end of the run may prevent.
  const again = (requests.connect ?? 0) - 6;
  assert.ok(again === broken || again === broken - 1, `${again} of ${broken}`);
  assert.equal(failures.connect, undefined);
  const move = result.endpoints.find(({ name }) => name === "move");
  assert.deepEqual([broken > 0, move?.failureKinds], [true, { reset: broken, check: (failures.move ?? 0) - broken }]);
});
