import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { assertConsistent } from "../support/exactness.ts";
import { completedRun } from "../support/muster-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { patienceMs } from "../support/wait-until.ts";

test("hooks, retries and sessions of a run: in setup, in tasks, counted and judged", async (t) => {
  const seen = new Map<string, number>();
  const signatures = new Set<unknown>();
  /** Those with a request: the master only looks whether the host accepts one. */
  const connections = new Set<unknown>();
  const server = createServer((request, response) => {
    const { cookie, "x-signature": signature } = request.headers;
    signatures.add(signature);
    connections.add(request.socket);
    const key = `${request.url} ${cookie ?? ""}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
    if (cookie === undefined) response.setHeader("set-cookie", "visit=1");
    // Each first try of this page fails.
    if (request.url === "/flaky?attempt=1") response.writeHead(503);
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening", { signal: AbortSignal.timeout(patienceMs) });
  t.after(() => server.close());
  const folder = await temporaryFolder(t, {
    "test.ts": `import { defineTest, defineUser, iterations } from "muster-load";
const user = defineUser({
  name: "User",
  session: "iteration",
  connections: "iteration",
  retries: { max: 2, delay: "1ms" },
  beforeRequest: (request) => {
    if (request.name === "/flaky") request.url += "?attempt=" + request.attempt;
  },
  tasks: {
    async visit(vu) {
      await vu.http.get("/page");
      const flaky = await vu.http.get("/flaky");
      vu.check("at the second try", flaky.ok && flaky.retries === 1);
    },
  },
});
export default defineTest({
  users: [user],
  load: iterations({ users: 2, total: 20 }),
  setup: (context) => context.http.get("/setup").then(() => ({})),
  beforeRequest: (request, vu) => request.headers.set("x-signature", vu === null ? "setup" : vu.className),
  thresholds: { retries: "count==20", "checks{check:at the second try}": "rate==1" },
});
`,
  });
  const host = `--host=http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { run, result } = await completedRun(t, [join(folder, "test.ts"), host, "--workers=2", "--no-store"]);
  assert.deepEqual(
    Object.fromEntries(seen),
    { "/setup ": 1, "/page ": 20, "/flaky?attempt=1 visit=1": 20, "/flaky?attempt=2 visit=1": 20 },
    "each iteration begins without a cookie",
  );
  assert.deepEqual(signatures, new Set(["setup", "User"]));
  assert.deepEqual([connections.size, result.reconnects], [21, 0]);
  assert.deepEqual(
    result.endpoints.map(({ name, requests, failures }) => [name, requests, failures]),
    [
      ["/flaky", 40, 20],
      ["/page", 20, 0],
    ],
  );
  assert.deepEqual([result.retries, result.verdict], [20, "passed"]);
  assert.match(run.stdout, /20 retries/);
  assertConsistent(result);
});
