import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createSocketServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { warningsOf } from "../support/assert-passed.ts";
import { CookieServer } from "../support/cookie-server.ts";
import { deepTest } from "../support/depth.ts";
import { assertConsistent, assertExact } from "../support/exactness.ts";
import { completedRun, MusterProcess, runUntil } from "../support/muster-process.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { patienceMs } from "../support/wait-until.ts";

const freshApi = sampleApiOfFile();

deepTest("each virtual user has its own cookies, and redirects are not followed", async (t) => {
  const server = await CookieServer.start(t);
  const folder = await temporaryFolder(t, {
    "test.ts": `import { closed, constant, defineTest, defineUser } from "muster-load";
const user = defineUser({
  name: "User",
  pause: constant("20ms"),
  onStart: (vu) => vu.http.get("/login"),
  tasks: {
    page: (vu) => vu.http.get("/page"),
    async moved(vu) {
      const response = await vu.http.get("/moved");
      vu.check("sees the redirect", response.status === 302 && response.ok && response.headers.location === "/login");
    },
  },
});
export default defineTest({ users: [user], load: closed({ users: 4, spawnRate: 100, duration: "1s" }) });
`,
  });
  const words = [join(folder, "test.ts"), `--host=${server.url}`, "--workers=2"];
  const result = await runUntil(t, words, () => server.visits.size === 4 && server.requests.has("/moved"));
  assert.deepEqual(result.errors, []);
  assert.deepEqual(
    new Map(result.endpoints.map((endpoint) => [endpoint.name, endpoint.requests])),
    new Map([...server.requests].sort()),
  );
  assert.equal(server.requests.get("/login"), 4, "once for each user: no redirect led there");
  assert.equal(server.visits.size, 4, "every session came back");
  assert.deepEqual(result.checks, [
    { name: "sees the redirect", passes: server.requests.get("/moved") ?? 0, failures: 0 },
  ]);
  assertConsistent(result);
});

test("requests that are sent again are counted, in the run and in its report, and can be turned off", async (t) => {
  let received = 0;
  const server = createSocketServer((socket) => {
    let count = 0;
    socket.on("error", () => {});
    socket.on("data", () => {
      received++;
      // Each connection carries one request, and is closed by the next.
      if (++count === 1) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      else socket.end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening", { signal: AbortSignal.timeout(patienceMs) });
  t.after(() => server.close());
  const source = (reconnect: boolean) => `import { defineTest, defineUser, iterations } from "muster-load";
const user = defineUser({ name: "User", tasks: { ask: (vu) => vu.http.get("/") } });
const load = iterations({ users: 2, total: 40 });
export default defineTest({ users: [user], reconnect: ${reconnect}, load, thresholds: { reconnects: "count<1" } });
`;
  const folder = await temporaryFolder(t, { "on.ts": source(true), "off.ts": source(false) });
  const host = `--host=http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = { MUSTER_DATA_DIR: join(folder, "data") };
  const { run, result } = await completedRun(t, [join(folder, "on.ts"), host, "--workers=2"], env);
  assert.deepEqual([result.total.requests, result.total.failures, result.reconnects], [40, 0, received - 40]);
  assert.ok(received > 40, "some were sent again");
  assert.match(run.stdout, new RegExp(`${received - 40} requests? resent`));
  assert.deepEqual(
    result.thresholds.map(({ value, passed }) => [value, passed]),
    [[received - 40, false]],
  );
  assert.equal(result.metrics, undefined, "it is not one of the test's own");
  const report = new MusterProcess(t, ["report", "last", "--json=-"], { env });
  await report.ended();
  assert.deepEqual(JSON.parse(report.stdout).reconnects, result.reconnects);

  received = 0;
  const off = await completedRun(t, [join(folder, "off.ts"), host, "--no-store"]);
  assert.deepEqual([off.result.total.requests, received, off.result.reconnects], [40, 40, 0]);
  assert.ok(off.result.total.failures > 0);
});

test("requests have the time limits of their test, and the password of its host, which nothing shows", async (t) => {
  const seen: (readonly unknown[])[] = [];
  const server = createServer(({ url, headers }, response) => {
    seen.push([url, headers.authorization, headers["x-test"], headers["x-class"]]);
    if (url === "/setup") response.writeHead(302, { location: "/target" }).end();
    if (url === "/target") response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening", { signal: AbortSignal.timeout(patienceMs) });
  t.after(() => server.close().closeAllConnections());
  const folder = await temporaryFolder(t, {
    "test.ts": `import { defineTest, defineUser, iterations } from "muster-load";
const user = defineUser({
  name: "User",
  headers: { "X-Class": "class" },
  tasks: {
    async ask(vu) {
      await vu.http.get("/usual");
      await vu.http.get("/own", { timeout: "50ms" });
    },
  },
});
const defaults = { timeout: { headers: "100ms" }, headers: { "x-test": "test" }, maxRedirects: 3 };
const setup = async ({ http }) => { await http.get("/setup", { timeout: { total: "60s", headers: "60s" } }); };
export default defineTest({ users: [user], ...defaults, setup, load: iterations({ users: 2, total: 2 }) });
`,
  });
  const { port } = server.address() as AddressInfo;
  const words = [
    join(folder, "test.ts"),
    `--host=http://me:s3cret@127.0.0.1:${port}/`,
    `--html=${join(folder, "report.html")}`,
  ];
  const { result, run } = await completedRun(t, words);
  const basic = `Basic ${Buffer.from("me:s3cret").toString("base64")}`;
  assert.deepEqual(
    new Set(seen.map((request) => JSON.stringify(request))),
    new Set(
      [
        ["/setup", basic, "test", null],
        ["/target", basic, "test", null],
        ["/usual", basic, "test", "class"],
        ["/own", basic, "test", "class"],
      ].map((request) => JSON.stringify(request)),
    ),
  );
  assert.equal(result.run.host, `http://127.0.0.1:${port}`);
  const report = await readFile(join(folder, "report.html"), "utf8");
  for (const text of [JSON.stringify(result), run.stderr, run.stdout, report]) assert.doesNotMatch(text, /s3cret/);
  assert.deepEqual(result.errors.map(({ name, kind, message, count }) => [name, kind, message, count]).sort(), [
    ["/own", "timeout", "no complete response within 50 ms", 2],
    ["/usual", "timeout", "no complete response headers within 100 ms", 2],
  ]);
});

deepTest("an expectation decides whether a request failed", async (t) => {
  const api = await freshApi();
  const folder = await temporaryFolder(t, {
    "test.ts": `import { closed, constant, defineTest, defineUser } from "muster-load";
const user = defineUser({
  name: "User",
  pause: constant("10ms"),
  order: "sequential",
  tasks: {
    "404 is expected": (vu) => vu.http.get("/jobs/nobody", { name: "expected", expect: [200, 404] }),
    "404 is not": (vu) => vu.http.get("/jobs/nobody", { name: "plain" }),
    "201 is": (vu) => vu.http.get("/health", { name: "status", expect: 201 }),
    "a function says no": (vu) => vu.http.get("/health", { name: "no", expect: () => false }),
    "a function says why": (vu) => vu.http.get("/health", {
      name: "why",
      expect: (response) => response.json<{ status: string }>().status === "down" || "it is up",
    }),
    "a function throws": (vu) => vu.http.get("/health", { name: "throws", expect: (response) => response.json<any>().a.b }),
  },
});
export default defineTest({ users: [user], load: closed({ users: 2, spawnRate: 10, duration: "1s" }) });
`,
  });
  const result = await runUntil(t, [join(folder, "test.ts"), `--host=${api.url}`], async () => {
    const { routes } = await api.counts();
    return (routes["GET /health"]?.requests ?? 0) >= 8;
  });
  const seen = Object.fromEntries(
    result.endpoints.map(({ name, requests, failures, failureKinds }) => {
      assert.ok(requests > 0 && (failures === 0 || failures === requests), name);
      const { message = null } = result.errors.find((error) => error.name === name) ?? {};
      return [name, [Object.keys(failureKinds).join(), message]];
    }),
  );
  assert.deepEqual(
    { ...seen, throws: seen.throws?.[0] },
    {
      expected: ["", null],
      plain: ["4xx", "404 Not Found"],
      status: ["check", "expected status 201, got 200"],
      no: ["check", "the expectation was not met"],
      why: ["check", "it is up"],
      throws: "check",
    },
  );
  assert.equal(result.failedIterations, 0, "a failed request does not throw");
});

for (const { kind, timeout, misbehave, message } of [
  {
    kind: "timeout",
    timeout: "200ms",
    misbehave: { stall: { forMs: 600_000 } },
    message: /^no complete response within 200 ms$/,
  },
  { kind: "reset", timeout: "1m", misbehave: { resetRate: 1 }, message: /ECONNRESET|other side closed/ },
] as const) {
  deepTest(`a request that ends in a ${kind} is a failure of that kind, and is counted once`, async (t) => {
    const api = await freshApi(misbehave);
    const folder = await temporaryFolder(t, {
      "test.ts": `import { closed, constant, defineTest, defineUser } from "muster-load";
const user = defineUser({
  name: "User",
  pause: constant("20ms"),
  tasks: {
    async work(vu) {
      const { status, ok, error } = await vu.http.get("/jobs", { timeout: "${timeout}" });
      vu.check("the test is told", status === 0 && !ok && error?.kind === "${kind}");
    },
  },
});
export default defineTest({ users: [user], load: closed({ users: 3, spawnRate: 10, duration: "1s" }) });
`,
    });
    const words = [join(folder, "test.ts"), `--host=${api.url}`];
    const result = await runUntil(t, words, async () => (await api.counts()).total >= 6);
    const { requests, failures, failureKinds, serviceTimeMs } = result.total;
    assert.ok(requests > 5);
    assert.deepEqual([failures, failureKinds], [requests, { [kind]: requests }]);
    // Not the least: what it took to connect is part of the timeout, but not of the service time.
    if (kind === "timeout") assert.ok(serviceTimeMs.max >= 150, `${serviceTimeMs.max} ms`);
    for (const error of result.errors) assert.match(error.message, message);
    assert.deepEqual(result.checks, [{ name: "the test is told", passes: requests, failures: 0 }]);
    assert.equal(result.failedIterations, 0);
    await assertExact(result, api);
  });
}

deepTest(
  "more endpoint names, checks and errors than can be kept apart: counted together, and said aloud",
  async (t) => {
    const api = await freshApi();
    const folder = await temporaryFolder(t, {
      "test.ts": `import { defineTest, defineUser, iterations } from "muster-load";
let next = 0;
const user = defineUser({
  name: "User",
  tasks: {
    async wander(vu) {
      const place = next++;
      await vu.http.get("/nowhere/" + place);
      vu.check("check " + place, true);
    },
  },
});
export default defineTest({ users: [user], load: iterations({ users: 10, total: 1500 }) });
`,
    });
    const { result } = await completedRun(t, [join(folder, "test.ts"), `--host=${api.url}`]);
    assert.equal(result.total.requests, 1_500);
    assert.equal((await api.counts()).total, 1_500);
    const other = result.endpoints.find(({ name }) => name === "(other)");
    assert.equal(other?.requests, 500);
    assert.equal(result.checks.find(({ name }) => name === "(other)")?.passes, 500);
    const errors = result.errors.reduce((sum, { count }) => sum + count, 0);
    assert.equal(errors, 1_500);
    assert.deepEqual(warningsOf(result), [
      "too many endpoint names: give requests a `name`; the rest is counted as (other)",
      "too many names of checks; the rest is counted as (other)",
      "too many distinct errors; the rest is counted as (other)",
    ]);
  },
);
