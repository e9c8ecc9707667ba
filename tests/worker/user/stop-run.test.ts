import assert from "node:assert/strict";
import { test } from "node:test";
import { forgetSecrets, keepSecret } from "../../../src/core/redaction/known-secrets.ts";
import { useRunRequests } from "../../../src/scenario/shared/run-requests.ts";
import { stopRun } from "../../../src/worker/user/user-requests.ts";

test("the reason of vu.stopRun leaves the worker without known secrets", (t) => {
  const sent: unknown[] = [];
  useRunRequests({
    ask: (_, payload) => {
      sent.push(payload);
      return Promise.resolve({});
    },
  });
  t.after(() => {
    useRunRequests(null);
    forgetSecrets();
  });
  keepSecret("hunter2!");
  stopRun("no stock for hunter2!", "failed", "user 1 of Buyer", assert.ifError);
  assert.deepEqual(sent, [{ reason: "no stock for ***", verdict: "failed", user: "user 1 of Buyer" }]);
});
