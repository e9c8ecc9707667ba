import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import { fixture } from "../../support/fixture.ts";
import { patienceMs, waitUntil } from "../../support/wait-until.ts";
import { type Answer, WebMaster } from "../../support/web-master.ts";

const runUi = ["run", fixture("visitors"), "--host=http://127.0.0.1:9", "--ui"];
const token = "0pen-s3same";

function login(master: WebMaster, given: string, headers: Record<string, string> = {}): Promise<Answer<object>> {
  const form = { "content-type": "application/x-www-form-urlencoded", ...headers };
  return master.ask("POST", "/login", `token=${encodeURIComponent(given)}`, form);
}

function cookieOf({ headers }: Answer<object>): string {
  return headers.get("set-cookie")?.split(";")[0] ?? "";
}

test("a login begins a session that a logout ends, with its live stream; the cookie is not the token", async (t) => {
  const master = await WebMaster.start(t, runUi, { env: { MUSTER_WEB_TOKEN: token } });
  assert.equal((await login(master, "wrong")).status, 401);
  assert.equal((await login(master, token, { origin: "http://evil.example" })).status, 403);
  const entered = await login(master, token, { origin: master.url });
  assert.deepEqual([entered.status, entered.headers.get("location")], [303, "/"]);
  assert.match(entered.headers.get("set-cookie") ?? "", /Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/);
  const cookie = cookieOf(entered);
  const again = cookieOf(await login(master, token));
  assert.ok(cookie !== again && !cookie.includes(token));
  const { json } = await master.get<{ visitor: object }>("/api/state", { cookie });
  assert.deepEqual(json.visitor, { role: "start", isLoggedIn: true });

  const live = await fetch(`${master.url}/api/live`, { headers: { cookie }, signal: AbortSignal.timeout(patienceMs) });
  assert.equal(live.status, 200);
  const streamed = live.text().then(
    () => "ended",
    () => "ended",
  );
  assert.equal((await master.ask("POST", "/logout", undefined, { cookie, origin: "http://evil.example" })).status, 403);
  const left = await master.ask("POST", "/logout", undefined, { cookie });
  assert.equal(left.status, 303);
  assert.match(left.headers.get("set-cookie") ?? "", /^muster_session=; Max-Age=0;/);
  assert.equal(await streamed, "ended");
  assert.equal((await master.get("/api/state", { cookie })).status, 401);
  assert.equal((await master.get("/api/state", { cookie: again })).status, 200);
});

test("the cookie is Secure behind a proxy with TLS, and no path leads a login to another host", async (t) => {
  const master = await WebMaster.start(t, runUi, { env: { MUSTER_WEB_TOKEN: token } });
  assert.match(
    (await login(master, token, { "x-forwarded-proto": "https" })).headers.get("set-cookie") ?? "",
    /; Secure/,
  );
  assert.equal(await locationOf(master.url, `/a//b?token=${token}`), "/a//b");
  for (const path of ["//evil.example/x", "/\\evil.example/x", "///evil.example", "/%2F/evil.example"]) {
    const location = await locationOf(master.url, `${path}?token=${token}&a=1`);
    assert.equal(new URL(location, master.url).origin, master.url, `${path}: ${location}`);
  }
});

/** `fetch` would normalize the path. */
function locationOf(url: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const asked = request({ hostname, port, path, timeout: patienceMs }, (response) => {
      response.resume();
      resolve(response.headers.location ?? "");
    });
    asked.on("error", reject).end();
  });
}

test("wrong tokens are logged with their address, a few at a time, and slowed; the owner's session goes on", async (t) => {
  const master = await WebMaster.start(t, runUi, { env: { MUSTER_WEB_TOKEN: token } });
  const cookie = cookieOf(await login(master, token));
  const guesses = Array.from({ length: 40 }, (_, n) =>
    master.get("/api/state", { authorization: `Bearer guess-${n}` }),
  );
  const statuses = (await Promise.all(guesses)).map(({ status }) => status);
  assert.ok(statuses.includes(429) && statuses.every((status) => status === 401 || status === 429), String(statuses));
  assert.equal((await master.get("/api/state", { cookie })).status, 200);
  await waitUntil("a log line", () => master.process.stderr.includes("wrong token for the web page from 127.0.0.1"));
  const lines = master.process.stderr.split("wrong token").length - 1;
  assert.ok(lines <= 12, `${lines} lines`);
  assert.ok(!master.process.stderr.includes("guess-"));
});

test("a page of another site, or of another port, cannot make the master read", async (t) => {
  const master = await WebMaster.start(t, runUi);
  for (const site of ["cross-site", "same-site"]) {
    const refused = await master.get("/api/runs", { "sec-fetch-site": site });
    assert.deepEqual([refused.status, refused.json.code], [403, "cross-origin"]);
    // A link to the page itself works from anywhere.
    assert.notEqual((await master.get("/", { "sec-fetch-site": site, accept: "text/html" })).status, 403);
  }
  for (const site of ["same-origin", "none"]) {
    assert.equal((await master.get("/api/runs", { "sec-fetch-site": site })).status, 200);
  }
});

test("the form of the login page takes no more than its size, from whoever has no token", async (t) => {
  const master = await WebMaster.start(t, runUi, { env: { MUSTER_WEB_TOKEN: token } });
  assert.equal((await login(master, "x".repeat(200_000))).status, 413);
});

test("two roles with one token are refused, and so is a certificate without its key", async (t) => {
  const { MusterProcess } = await import("../../support/muster-process.ts");
  for (const [words, message] of [
    [["--web-token=same-token", "--web-look-token=same-token"], /must differ/],
    [["--web-tls-cert=page.pem"], /--web-tls-cert needs --web-tls-key/],
  ] as const) {
    const refused = new MusterProcess(t, [...runUi, ...words]);
    assert.equal((await refused.ended()).code, 104);
    assert.match(refused.stderr, message);
  }
});
