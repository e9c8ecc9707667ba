import assert from "node:assert/strict";
import { test } from "node:test";
import { mayAct, type Role, roleFor, roles } from "../../../src/api/access/roles.ts";
import { fixture } from "../../support/fixture.ts";
import { WebMaster } from "../../support/web-master.ts";

/** What each change needs; reading needs `look`. A route that is missing here fails the test below. */
const changes: Readonly<Record<string, Role>> = {
  "POST /api/plan": "start",
  "POST /api/runs": "start",
  "POST /api/runs/{id}/stop": "steer",
  "POST /api/runs/{id}/pause": "steer",
  "POST /api/runs/{id}/resume": "steer",
  "POST /api/runs/{id}/reset-statistics": "steer",
  "PATCH /api/runs/{id}/load": "steer",
  "POST /api/workers/{number}/drain": "steer",
};

const tokens: Readonly<Record<Role, string>> = { look: "look-token", steer: "steer-token", start: "start-token" };

test("each route admits the roles that may use it and no other; whoever has no token is refused everywhere", async (t) => {
  const master = await WebMaster.start(t, ["run", fixture("visitors"), "--host=http://127.0.0.1:9", "--ui"], {
    env: { MUSTER_WEB_TOKEN: tokens.start, MUSTER_WEB_STEER_TOKEN: tokens.steer, MUSTER_WEB_LOOK_TOKEN: tokens.look },
  });
  const bearer = (role: Role) => ({ authorization: `Bearer ${tokens[role]}` });
  const { json } = await master.get<{ paths: Record<string, object> }>("/api/openapi.json", bearer("look"));
  const routes = Object.entries(json.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => [method.toUpperCase(), path] as const),
  );
  const open = routes.filter(([, path]) => path.endsWith("z"));
  assert.deepEqual(open, [
    ["GET", "/healthz"],
    ["GET", "/readyz"],
  ]);
  for (const [method, path] of routes) {
    if (open.some(([, one]) => one === path)) continue;
    const needed = method === "GET" ? "look" : changes[`${method} ${path}`];
    assert.ok(needed !== undefined, `${method} ${path} is not in the table`);
    const asked = path
      .replace("{id}", "nope")
      .replace("{number}", "1")
      .replace("{section}", "endpoints")
      .replace("{file}", "html");
    assert.equal(roleFor(method, asked), needed);
    const isStream = path === "/api/live";
    const body = method === "GET" || !/runs$|plan$|load$|stop$/.test(path) ? undefined : { users: -1 };
    assert.equal((await master.ask(method, asked, body)).status, 401, `${method} ${path}`);
    for (const role of roles) {
      if (isStream) continue;
      const { status } = await master.ask(method, asked, body, bearer(role));
      assert.equal(status === 403, !mayAct(role, needed), `${method} ${path} as ${role}: ${status}`);
      assert.notEqual(status, 401);
    }
  }
  const state = await master.get<{ state: string; visitor: object }>("/api/state", bearer("steer"));
  assert.deepEqual([state.json.state, state.json.visitor], ["ready", { role: "steer", isLoggedIn: false }]);
});

test("a change that nobody has listed needs the highest role", () => {
  assert.deepEqual([roleFor("DELETE", "/api/runs/x"), roleFor("POST", "/api/runs/x/stop/y")], ["start", "start"]);
});
