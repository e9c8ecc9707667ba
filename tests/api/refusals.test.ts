import assert from "node:assert/strict";
import { type IncomingHttpHeaders, request } from "node:http";
import { type TestContext, test } from "node:test";
import { fixture } from "../support/fixture.ts";
import { MusterProcess } from "../support/muster-process.ts";
import { patienceMs } from "../support/wait-until.ts";
import { WebMaster } from "../support/web-master.ts";

const runUi = ["run", fixture("visitors"), "--host=http://127.0.0.1:9", "--ui"];
const json = { "content-type": "application/json" };

/** A request with a Host header of its own, which fetch does not allow. */
function askAs(url: string, host: string): Promise<{ status: number; headers: IncomingHttpHeaders }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers: { host }, timeout: patienceMs }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, headers: response.headers });
    });
    asked.on("error", reject).end();
  });
}

test("a master without a token", async (t) => {
  const master = await WebMaster.start(t, runUi);
  await t.test("what is not as it has to be is refused with a clear problem, and starts nothing", (one) =>
    refusesWhatIsWrong(one, master),
  );
  await t.test("only this machine's own names are answered", () => answersOwnNames(master));
});

async function refusesWhatIsWrong(t: TestContext, master: WebMaster): Promise<void> {
  const refusals: [name: string, asked: Parameters<WebMaster["ask"]>, status: number, code: string, detail: RegExp][] =
    [
      ["an unknown field", ["POST", "/api/runs", { userz: 1 }], 400, "invalid-request", /^userz: unknown field$/],
      ["a wrong type", ["POST", "/api/runs", { users: "1" }], 400, "invalid-request", /^users: .*expected number/],
      ["a number out of range", ["POST", "/api/runs", { users: -1 }], 400, "invalid-request", /^users: /],
      ["half a user", ["POST", "/api/runs", { users: 1.5 }], 400, "invalid-request", /^users: /],
      ["a list for a form", ["POST", "/api/runs", []], 400, "invalid-request", /^json: .*expected object/],
      [
        "a nested field",
        ["POST", "/api/runs", { classes: { Visitor: { fixedCount: 1, x: 1 } } }],
        400,
        "invalid-request",
        /^classes\.Visitor/,
      ],
      ["no JSON", ["POST", "/api/runs", "{", json], 400, "not-json", /JSON/i],
      ["no body", ["POST", "/api/runs"], 400, "invalid-request", /^json: /],
      [
        "another type",
        ["POST", "/api/runs", "users=1", { "content-type": "text/plain" }],
        415,
        "content-type",
        /expected content-type application\/json/,
      ],
      [
        "another origin",
        ["POST", "/api/runs", {}, { ...json, origin: "http://evil.example" }],
        403,
        "cross-origin",
        /evil\.example/,
      ],
      [
        "another port",
        ["POST", "/api/runs", {}, { ...json, origin: "http://127.0.0.1:1" }],
        403,
        "cross-origin",
        /127\.0\.0\.1:1/,
      ],
      ["a page without origin", ["POST", "/api/runs", {}, { ...json, origin: "null" }], 403, "cross-origin", /null/],
      [
        "a browser's word",
        ["POST", "/api/runs", {}, { ...json, "sec-fetch-site": "cross-site" }],
        403,
        "cross-origin",
        /another site/,
      ],
      ["a change by GET", ["GET", "/api/plan"], 404, "not-found", /\/api\/plan/],
      ["an unknown path", ["GET", "/api/nothing"], 404, "not-found", /\/api\/nothing/],
      ["an unknown run", ["POST", "/api/runs/nope/pause"], 404, "run-unknown", /nope/],
      ["a worker of no run", ["POST", "/api/workers/1/drain"], 409, "no-load", /no load/],
      ["a worker that is none", ["POST", "/api/workers/one/drain"], 400, "invalid-request", /^number: /],
      [
        "an unknown profile",
        ["POST", "/api/runs", { profile: "target" }],
        422,
        "bad-configuration",
        /did you mean targets/i,
      ],
      ["an unknown class", ["POST", "/api/plan", { classes: { Visiter: 1 } }], 422, "bad-configuration", /Visitor/],
      ["nobody to run", ["POST", "/api/plan", { classes: { Visitor: 0 } }], 422, "bad-configuration", /weight 0/],
      [
        "a foreign host",
        ["POST", "/api/runs", { host: "http://evil.example" }],
        422,
        "bad-configuration",
        /--allow-host evil\.example/,
      ],
      [
        "metadata",
        ["POST", "/api/runs", { host: "http://169.254.169.254" }],
        422,
        "bad-configuration",
        /address of a cloud metadata service/,
      ],
      ["a host that is none", ["POST", "/api/plan", { host: "ftp://x" }], 422, "bad-configuration", /not an http/],
      [
        "both",
        ["PATCH", "/api/runs/x/load", { users: 1, ratePerSecond: 1 }],
        400,
        "invalid-request",
        /give users or ratePerSecond/,
      ],
      ["a long form", ["POST", "/api/plan", { host: "x".repeat(70_000) }], 413, "too-large", /64 KiB/],
    ];
  for (const [name, asked, status, code, detail] of refusals) {
    await t.test(name, async () => {
      const answer = await master.ask(...asked);
      assert.equal(answer.headers.get("content-type"), "application/problem+json");
      assert.deepEqual([answer.status, answer.json.code], [status, code], answer.text);
      assert.match(answer.json.detail, detail);
    });
  }
  assert.equal((await master.get("/api/state")).json.state, "ready");
  const own = await master.ask("POST", "/api/plan", {}, { origin: master.url, "sec-fetch-site": "same-origin" });
  assert.equal(own.status, 200, own.text);
}

async function answersOwnNames(master: WebMaster): Promise<void> {
  const { url } = master;
  const port = new URL(url).port;
  for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, "[::1]", "muster.localhost"]) {
    assert.equal((await askAs(`${url}/api/state`, host)).status, 200, host);
  }
  for (const host of ["evil.example", `127.0.0.1.evil.example:${port}`, "localhost.evil.example", "10.0.0.1"]) {
    assert.equal((await askAs(`${url}/api/state`, host)).status, 421, host);
    assert.equal((await askAs(`${url}/healthz`, host)).status, 200, host);
  }
  const { headers } = await master.get("/api/state");
  assert.match(headers.get("content-security-policy") ?? "", /^default-src 'none'; script-src 'self'/);
  assert.equal(headers.get("x-content-type-options"), "nosniff");
  assert.equal(headers.get("cache-control"), "no-store");
  assert.equal(headers.get("access-control-allow-origin"), null);
}

test("with a token whoever has it is answered, by header or by cookie", async (t) => {
  const master = await WebMaster.start(t, runUi, { env: { MUSTER_WEB_TOKEN: "open sesame" } });
  const bare = await master.get("/api/state");
  assert.deepEqual([bare.status, bare.json.code, bare.headers.get("www-authenticate")], [401, "token", "Bearer"]);
  assert.equal((await master.get("/api/state", { authorization: "Bearer open" })).status, 401);
  assert.equal((await master.get("/api/state?token=open")).status, 401);
  assert.equal((await master.get("/api/state", { authorization: "Bearer open sesame" })).status, 200);
  assert.equal((await askAs(`${master.url}/healthz`, "pod.example")).status, 200);

  const page = await master.get("/", { accept: "text/html" });
  assert.equal(page.status, 401);
  assert.match(page.text, /<input name="token" type="password"/);
  const entered = await master.get("/some/where?x=1&token=open%20sesame");
  assert.deepEqual([entered.status, entered.headers.get("location")], [303, "/some/where?x=1"]);
  const cookie = entered.headers.get("set-cookie") ?? "";
  assert.match(cookie, /; HttpOnly; SameSite=Strict$/);
  assert.ok(!cookie.includes("sesame"));
  const known = await master.get("/api/state", { cookie: cookie.split(";")[0] ?? "" });
  assert.equal(known.status, 200);
  assert.equal((await master.get("/api/state", { cookie: "muster_token=00" })).status, 401);
  assert.equal((await master.ask("POST", "/api/plan", {}, { cookie, origin: "http://evil.example" })).status, 403);
});

test("contradicting flags and a page for everybody are refused before anything starts", async (t) => {
  const refusals: [words: string[], message: RegExp][] = [
    [["--ui", "--headless"], /^muster: --headless and --ui exclude each other\n$/],
    [["--autostart", "--headless"], /^muster: --headless and --autostart exclude each other\n$/],
    [["--autoquit=1s"], /^muster: --autoquit needs --autostart\n$/],
    [
      ["--ui", "--web-host=0.0.0.0"],
      /^muster: --web-host 0\.0\.0\.0 can be reached from other machines: set MUSTER_WEB_TOKEN\n$/,
    ],
    [
      ["--ui", "--web-host=192.0.2.1", "--web-token=x"],
      /^muster: cannot serve the web page on 192\.0\.2\.1:8089: .*choose another with --web-port\n$/,
    ],
  ];
  for (const [words, message] of refusals) {
    const refused = new MusterProcess(t, ["run", fixture("visitors"), "--host=http://127.0.0.1:9", ...words]);
    assert.equal((await refused.ended()).code, 104, words.join(" "));
    assert.match(refused.stderr, message);
  }
});
