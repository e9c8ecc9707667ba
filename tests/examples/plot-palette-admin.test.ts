import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { type Api, startApi } from "../../examples/plot-palette/api/server.ts";
import { call } from "./json-call.ts";

const ADMIN = { authorization: "Bearer plot-palette-admin" };

let api: Api;

describe("admin routes of the plot palette api", () => {
  before(async () => {
    api = await startApi();
  });
  beforeEach(() => call(api, "POST", "/_control/reset"));
  after(() => api.close());

  it("refuses nobody with 401 and anybody else with 403, on every route", async () => {
    const routes = ["GET /admin/jobs", "GET /admin/stats", "GET /admin/templates/usage", "DELETE /admin/jobs?run=x"];
    for (const [method = "", path = ""] of routes.map((route) => route.split(" "))) {
      assert.equal((await call(api, method, path)).status, 401, path);
      assert.equal((await call(api, method, path, undefined, { authorization: "Bearer user" })).status, 403, path);
      assert.equal((await call(api, method, path, undefined, ADMIN)).status, 200, path);
    }
  });

  it("pages through the jobs of all users", async () => {
    for (const user of ["a", "b", "c"]) await call(api, "POST", "/jobs", { template: "basic" }, { "x-user": user });
    const { json } = await call(api, "GET", "/admin/jobs?limit=2&offset=1", undefined, ADMIN);
    assert.deepEqual({ total: json.total, limit: json.limit, offset: json.offset }, { total: 3, limit: 2, offset: 1 });
    assert.deepEqual(
      json.jobs.map((job: { createdBy: string }) => job.createdBy),
      ["b", "a"],
    );
    assert.equal((await call(api, "GET", "/admin/jobs?limit=0", undefined, ADMIN)).json.field, "limit");
    assert.equal((await call(api, "GET", "/admin/jobs?offset=x", undefined, ADMIN)).json.field, "offset");
  });

  it("removes what a user or a run left over", async () => {
    for (const user of ["a", "a", "b", "c"]) {
      await call(api, "POST", "/jobs", { template: "basic" }, { "x-user": user, "x-run": user === "c" ? "r2" : "r1" });
    }
    const remove = async (query: string) => (await call(api, "DELETE", `/admin/jobs${query}`, undefined, ADMIN)).json;
    assert.deepEqual(await remove("?createdBy=a&run=r2"), { deleted: 0 });
    assert.deepEqual(await remove("?createdBy=a"), { deleted: 2 });
    assert.deepEqual(await remove("?run=r1"), { deleted: 1 });
    assert.equal((await remove("")).field, "createdBy");
    assert.equal((await call(api, "GET", "/admin/stats", undefined, ADMIN)).json.jobs, 1);
  });

  it("tells statistics and the use of templates", async () => {
    for (const template of ["basic", "basic", "dark"]) await call(api, "POST", "/jobs", { template });
    const { json } = await call(api, "GET", "/admin/stats", undefined, ADMIN);
    assert.deepEqual({ jobs: json.jobs, templates: json.templates }, { jobs: 3, templates: 4 });
    assert.ok(json.uptimeSeconds > 0 && json.memory.residentBytes > json.memory.heapUsedBytes);
    const { usage } = (await call(api, "GET", "/admin/templates/usage", undefined, ADMIN)).json;
    assert.deepEqual(usage, [
      { template: "basic", jobs: 2 },
      { template: "dark", jobs: 1 },
    ]);
  });
});
