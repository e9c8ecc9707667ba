import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { type Api, startApi } from "../../examples/plot-palette/api/server.ts";
import { call } from "./json-call.ts";

let api: Api;

describe("plot palette api", () => {
  before(async () => {
    api = await startApi();
  });
  beforeEach(() => call(api, "POST", "/_control/reset"));
  after(() => api.close());

  it("says that it is healthy", async () => {
    const { status, json } = await call(api, "GET", "/health");
    assert.deepEqual({ status, json }, { status: 200, json: { status: "ok" } });
  });

  describe("jobs", () => {
    it("creates, shows, lists and deletes a job", async () => {
      const body = { template: "basic", name: "Sales 1–3 €", colours: ["#00ff00"] };
      const created = await call(api, "POST", "/jobs", body, { "x-user": "ann", "x-run": "run-1" });
      assert.equal(created.status, 201);
      const { id, createdAt, ...rest } = created.json;
      assert.deepEqual(rest, { ...body, createdBy: "ann", run: "run-1", status: "queued" });
      assert.ok(Math.abs(Date.now() - Date.parse(createdAt)) < 60_000);

      const shown = await call(api, "GET", `/jobs/${id}`);
      assert.deepEqual({ status: shown.status, json: shown.json }, { status: 200, json: created.json });
      const summary = { id, name: body.name, template: "basic", status: "queued" };
      assert.deepEqual((await call(api, "GET", "/jobs", undefined, { "x-user": "ann" })).json, { jobs: [summary] });
      assert.deepEqual(
        (await call(api, "GET", "/jobs?fresh=1")).json,
        { jobs: [] },
        "another user's job is not listed",
      );

      assert.equal((await call(api, "DELETE", `/jobs/${id}`)).status, 204);
      assert.equal((await call(api, "DELETE", `/jobs/${id}`)).status, 404);
      assert.equal((await call(api, "GET", `/jobs/${id}`)).status, 404);
    });

    it("lists the newest 20", async () => {
      const ids: string[] = [];
      for (let n = 0; n < 25; n += 1) ids.push((await call(api, "POST", "/jobs", { template: "dark" })).json.id);
      const { json } = await call(api, "GET", "/jobs");
      assert.deepEqual(
        json.jobs.map((job: { id: string }) => job.id),
        ids.reverse().slice(0, 20),
      );
    });

    const invalid: [string, unknown, string][] = [
      ["no template", {}, "template"],
      ["an unknown template", { template: "none" }, "template"],
      ["a template of the wrong type", { template: 1 }, "template"],
      ["an empty name", { template: "basic", name: "" }, "name"],
      ["a name of 81 characters", { template: "basic", name: "x".repeat(81) }, "name"],
      ["colours that are none", { template: "basic", colours: ["red"] }, "colours"],
      ["no JSON", "{", "(body)"],
      ["an array", [], "(body)"],
      ["no body", undefined, "(body)"],
    ];
    for (const [what, body, field] of invalid) {
      it(`refuses ${what}`, async () => {
        const { status, json } = await call(api, "POST", "/jobs", body);
        assert.equal(status, 400);
        assert.equal(json.field, field);
        assert.equal(typeof json.error, "string");
      });
    }

    it("refuses a body above 64 KB, with and without a length told beforehand", async () => {
      const large = JSON.stringify({ template: "basic", padding: "x".repeat(64 * 1024) });
      assert.equal((await call(api, "POST", "/jobs", large)).status, 413);
      const streamed = await fetch(`${api.url}/jobs`, {
        method: "POST",
        body: new Blob([large]).stream(),
        duplex: "half",
      });
      assert.equal(streamed.status, 413);
    });
  });

  describe("templates", () => {
    it("creates, shows, lists and deletes a template", async () => {
      const body = { id: "mine", name: "Mine", palette: ["#123456", "#ABCDEF"] };
      assert.deepEqual((await call(api, "POST", "/templates", body)).json, body);
      assert.deepEqual((await call(api, "GET", "/templates/mine")).json, body);
      assert.equal((await call(api, "POST", "/jobs", { template: "mine" })).status, 201);
      const ids = (await call(api, "GET", "/templates")).json.templates.map((each: { id: string }) => each.id);
      assert.deepEqual(ids, ["basic", "dark", "pastel", "print", "mine"]);
      assert.equal((await call(api, "POST", "/templates", body)).status, 409);
      assert.equal((await call(api, "DELETE", "/templates/mine")).status, 204);
      assert.equal((await call(api, "DELETE", "/templates/mine")).status, 404);
      assert.equal((await call(api, "GET", "/templates/mine")).status, 404);
    });

    it("makes an id when none is given", async () => {
      const { status, json } = await call(api, "POST", "/templates", { name: "Mine", palette: ["#123456"] });
      assert.equal(status, 201);
      assert.equal((await call(api, "GET", `/templates/${json.id}`)).json.name, "Mine");
    });

    it("keeps the built-in ones", async () => {
      assert.equal((await call(api, "DELETE", "/templates/basic")).status, 403);
      assert.equal((await call(api, "GET", "/templates/basic")).status, 200);
    });

    it("names the invalid field", async () => {
      const palette = ["#123456"];
      const thirteen = Array.from({ length: 13 }, () => "#123456");
      const field = async (body: unknown) => (await call(api, "POST", "/templates", body)).json.field;
      assert.equal(await field({ palette }), "name");
      assert.equal(await field({ name: "x" }), "palette");
      assert.equal(await field({ name: "x", palette: [] }), "palette");
      assert.equal(await field({ name: "x", palette: thirteen }), "palette");
      assert.equal(await field({ name: "x", palette, id: "No Id" }), "id");
    });
  });

  it("answers 404 for unknown routes and 405 for a wrong method", async () => {
    for (const path of ["/", "/nothing", "/jobs/", "/jobs/1/2", "/_control/nothing", "/jobs/%zz"]) {
      assert.equal((await call(api, "GET", path)).status, 404, path);
    }
    const { status, headers } = await call(api, "PUT", "/jobs/1", {});
    assert.deepEqual({ status, allow: headers.get("allow") }, { status: 405, allow: "GET, DELETE" });
  });
});
