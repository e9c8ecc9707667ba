import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { type Api, startApi } from "../../examples/plot-palette/api/server.ts";
import { waitUntil } from "../support/wait-until.ts";
import { call } from "./json-call.ts";

let api: Api;

describe("counts of the plot palette api", () => {
  before(async () => {
    api = await startApi();
  });
  beforeEach(() => call(api, "POST", "/_control/reset"));
  after(() => api.close());

  it("counts by route template and status, without control routes", async () => {
    const created = await call(api, "POST", "/jobs", { template: "basic" }, { "x-user": "ann" });
    const body = JSON.stringify({ template: "basic" });
    for (let n = 0; n < 3; n += 1) await call(api, "GET", `/jobs/${created.json.id}`, undefined, { "x-user": "bob" });
    await call(api, "GET", "/jobs/none");
    await call(api, "GET", "/nothing");
    const { json } = await call(api, "GET", "/_control/counts");
    assert.deepEqual(json, JSON.parse(JSON.stringify(api.counts())), "the same from inside");
    assert.deepEqual([json.total, json.completed, json.aborted, json.inFlight.current], [6, 6, 0, 0]);
    assert.deepEqual(Object.keys(json.routes), ["POST /jobs", "GET /jobs/:id", "(no route)"]);
    const { bytesOut, ...got } = json.routes["GET /jobs/:id"];
    assert.deepEqual(got, { requests: 4, completed: 4, aborted: 0, byStatus: { 200: 3, 404: 1 }, bytesIn: 0 });
    assert.equal(json.routes["POST /jobs"].bytesIn, Buffer.byteLength(body));
    assert.equal(bytesOut, 3 * Buffer.byteLength(JSON.stringify(created.json)) + '{"error":"no such job"}'.length);
    assert.deepEqual(json.users, { current: 2, peak: 2 });
    assert.ok(json.connections.peak >= 1);
  });

  it("counts a request that its client gave up", async () => {
    await call(api, "POST", "/_control/misbehave", { latencyMs: 5_000 });
    const gaveUp = new AbortController();
    const failed = assert.rejects(fetch(`${api.url}/jobs`, { signal: gaveUp.signal }));
    await waitUntil("it is under way", () => api.counts().inFlight.current === 1);
    gaveUp.abort();
    await failed;
    await waitUntil("its end", () => api.counts().aborted === 1);
    await call(api, "DELETE", "/_control/misbehave");
    const { total, completed, aborted, inFlight } = api.counts();
    assert.deepEqual([total, completed, aborted, inFlight.current], [1, 0, 1, 0]);
  });

  it("logs arrivals up to the limit", async () => {
    await call(api, "POST", "/_control/arrivals", { enabled: true, limit: 3 });
    for (let n = 0; n < 4; n += 1) await call(api, "GET", "/health");
    const { json } = await call(api, "GET", "/_control/arrivals");
    assert.equal(json.length, 3);
    assert.ok(json.every((ms: number, n: number) => ms > (json[n - 1] ?? 0) && ms < 10_000));
    assert.deepEqual(api.counts().arrivals, { recorded: 3, dropped: 1 });
    assert.equal((await call(api, "POST", "/_control/arrivals", { enabled: 1 })).json.field, "enabled");
    assert.equal((await call(api, "POST", "/_control/arrivals", { enabled: true, limit: 0 })).json.field, "limit");
    await call(api, "POST", "/_control/arrivals", { enabled: false });
    assert.deepEqual((await call(api, "GET", "/_control/arrivals")).json, []);
  });

  it("forgets everything at a reset", async () => {
    await call(api, "POST", "/jobs", { template: "basic" });
    await call(api, "POST", "/_control/reset");
    assert.equal(api.counts().total, 0);
    assert.deepEqual((await call(api, "GET", "/jobs")).json, { jobs: [] });
  });
});
