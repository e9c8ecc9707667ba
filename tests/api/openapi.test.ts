import assert from "node:assert/strict";
import { test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { liveEventSchemas } from "../../src/api/contract/live.ts";
import { planPreviewSchema, sessionSchema } from "../../src/api/contract/session.ts";
import { fixture } from "../support/fixture.ts";
import { WebMaster } from "../support/web-master.ts";

interface OpenApi {
  readonly paths: Record<string, Record<string, Operation>>;
}

interface Operation {
  readonly summary?: string;
  readonly parameters?: readonly unknown[];
  readonly responses: object;
}

test("the OpenAPI document is valid, and every operation says what it is and what can go wrong; answers are what the contract says", async (t) => {
  const master = await WebMaster.start(t, ["run", fixture("visitors"), "--host=http://127.0.0.1:9", "--ui"]);
  const { json, status } = await master.get<OpenApi>("/api/openapi.json");
  assert.equal(status, 200);
  const verdict = await new Validator().validate(structuredClone({ ...json }));
  assert.ok(verdict.valid, JSON.stringify(verdict.errors, null, 2));
  const operations = Object.entries(json.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, ...operation })),
  );
  assert.ok(operations.length >= 10);
  for (const { method, path, summary, parameters = [], responses } of operations) {
    assert.ok(summary !== undefined && summary !== "", path);
    if (parameters.length > 0) assert.ok("400" in responses, `${method} ${path}`);
    // A GET may be open to everybody; a change never is.
    if (method !== "get") assert.ok("400" in responses && "403" in responses, `${method} ${path}`);
  }

  // An unknown run, one that several begin with, and a store that cannot be read.
  const { get: compare } = json.paths["/api/compare"] ?? {};
  assert.deepEqual(Object.keys(compare?.responses ?? {}), ["200", "400", "404", "422", "503"]);

  const session = sessionSchema.parse((await master.get("/api/state")).json);
  assert.deepEqual([session.state, session.phase], ["ready", null]);
  planPreviewSchema.parse((await master.post("/api/plan", {})).json);
  liveEventSchemas.workers.parse((await master.get("/api/workers")).json);
  const logs = (await master.get<unknown[]>("/api/logs")).json;
  assert.ok(logs.length > 0);
  for (const line of logs) liveEventSchemas.log.parse(line);
});
