import assert from "node:assert/strict";
import { test } from "node:test";
import { alignSteps } from "../../../../../src/cli/actions/convert/correlation/alignment.ts";
import { entry, sessionOf } from "../har/recording.ts";

function stepsOf(...requests: readonly string[]) {
  const entries = requests.map((request) => {
    const [method = "", path = ""] = request.split(" ");
    return entry({ url: `https://shop.example${path}`, method, mimeType: "application/json" });
  });
  return sessionOf(entries).steps;
}

test("steps that do the same are paired, with others between them, and ids that differ", () => {
  const first = stepsOf("GET /", "POST /orders", "GET /orders/17", "GET /news", "DELETE /orders/17", "GET /a/b");
  const second = stepsOf("GET /", "GET /hint", "POST /orders", "GET /orders/18?x=1", "DELETE /orders/18", "GET /a/c");
  assert.deepEqual(
    alignSteps(first, second).map((step) => step && `${step.method} ${step.path}`),
    ["GET /", "POST /orders", "GET /orders/18?x=1", null, "DELETE /orders/18", null],
  );
});

test("a recording is paired with itself, and with nothing of another", () => {
  const steps = stepsOf("GET /a", "GET /a", "GET /b", "GET /a");
  assert.deepEqual(alignSteps(steps, steps), steps);
  assert.deepEqual(alignSteps(steps, stepsOf("PUT /a", "GET /c")), [null, null, null, null]);
});
