import assert from "node:assert/strict";
import { get } from "node:https";
import { test } from "node:test";
import type { Result } from "../../../src/report/result/result-schema.ts";
import { Authority } from "../../support/certificates.ts";
import { fixture } from "../../support/fixture.ts";
import { sampleApiOfFile } from "../../support/sample-api.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { patienceMs, waitUntil } from "../../support/wait-until.ts";
import { WebMaster } from "../../support/web-master.ts";

const freshApi = sampleApiOfFile();

test("who started and steered a run is in its log, its stored result and the log of the master", async (t) => {
  const api = await freshApi();
  const master = await WebMaster.start(t, ["run", fixture("visitors"), `--host=${api.url}`, "--ui"], {
    env: { MUSTER_WEB_TOKEN: "start-token", MUSTER_WEB_STEER_TOKEN: "steer-token" },
  });
  const start = { authorization: "Bearer start-token" };
  const entered = await master.get("/?token=steer-token");
  const cookie = entered.headers.get("set-cookie")?.split(";")[0] ?? "";
  const { json } = await master.ask("POST", "/api/runs", { users: 2, durationMs: 600_000 }, start);
  await waitUntil("the load", async () => (await master.get("/api/state", start)).json.state === "running");
  assert.equal((await master.ask("POST", "/api/runs", {}, { cookie })).status, 403);
  const change = await master.ask("PATCH", `/api/runs/${json.id}/load`, { users: 3 }, { cookie });
  assert.equal(change.status, 200, change.text);
  assert.equal((await master.ask("POST", `/api/runs/${json.id}/stop`, { mode: "at-once" }, { cookie })).status, 200);
  await waitUntil("its end", async () => (await master.get("/api/state", start)).json.state === "finished");
  const { events } = (await master.get<Result>(`/api/runs/${json.id}`, start)).json;
  const audited = events.filter(({ kind }) => kind === "audit").map(({ text }) => text);
  const steerer = "on the page: role steer, address 127.0.0.1, session 1";
  assert.deepEqual(audited, [
    "started on the page: role start, address 127.0.0.1",
    `users changed to 3 ${steerer}`,
    `stopped at once ${steerer}`,
  ]);
  for (const text of audited)
    assert.ok(
      master.process.log.some(({ msg }) => msg === text),
      text,
    );
});

test("the page is served over TLS with a certificate, and its cookie is Secure", async (t) => {
  const folder = await temporaryFolder(t);
  const authority = await Authority.in(folder);
  const { certFile, keyFile } = await authority.sign("page", "IP:127.0.0.1");
  const master = await WebMaster.start(
    t,
    [
      "run",
      fixture("visitors"),
      "--host=http://127.0.0.1:9",
      "--ui",
      `--web-tls-cert=${certFile}`,
      `--web-tls-key=${keyFile}`,
    ],
    { env: { MUSTER_WEB_TOKEN: "start-token" } },
  );
  assert.match(master.url, /^https:/);
  const cookie = await new Promise<string>((resolve, reject) => {
    const asked = get(`${master.url}/?token=start-token`, { ca: authority.cert, timeout: patienceMs }, (response) => {
      response.resume();
      resolve(String(response.headers["set-cookie"]));
    });
    asked.on("error", reject);
  });
  assert.match(cookie, /^muster_session=[\w-]{40,};.*; HttpOnly; Secure; SameSite=Strict$/);
});
