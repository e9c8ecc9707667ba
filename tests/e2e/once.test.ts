import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { deepTest } from "../support/depth.ts";
import { startWorker } from "../support/distributed.ts";
import { completedRun, MusterRun } from "../support/muster-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { patienceMs, waitUntil } from "../support/wait-until.ts";

test("a login for the users of all workers", async (t) => {
  let logins = 0;
  const server = createServer((request, response) => {
    if (request.url === "/login") response.end(`token-${++logins}`);
    else response.writeHead(request.headers.authorization === "Bearer token-1" ? 200 : 401).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening", { signal: AbortSignal.timeout(patienceMs) });
  t.after(() => server.close());
  const folder = await temporaryFolder(t, {
    "test.ts": `import { bearerAuth, defineTest, defineUser, iterations, once } from "muster-load";
const login = once("login", async ({ http }) => (await http.post("/login")).text(), { expiresIn: "1h" });
const user = defineUser({
  name: "User",
  auth: bearerAuth(login),
  tasks: { page: (vu) => vu.http.get("/page") },
});
export default defineTest({ users: [user], load: iterations({ users: 8, total: 40 }) });
`,
  });
  const host = `--host=http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { result } = await completedRun(t, [join(folder, "test.ts"), host, "--workers=2", "--no-store"]);
  assert.deepEqual(result.endpoints.map(({ name, requests, failures }) => [name, requests, failures]).toSorted(), [
    ["/login", 1, 0],
    ["/page", 40, 0],
  ]);
  assert.equal(logins, 1);
});

deepTest("when the worker that makes a value leaves, another one makes it", async (t) => {
  let makers = 0;
  let pages = 0;
  const server = createServer((request, response) => {
    if (request.url === "/maker") response.end(String(++makers));
    else response.end(String(++pages));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening", { signal: AbortSignal.timeout(patienceMs) });
  t.after(() => server.close());
  const folder = await temporaryFolder(t, {
    "test.ts": `import { closed, defineTest, defineUser, once } from "muster-load";
const value = once("value", async ({ http }) => {
  if ((await http.post("/maker")).text() === "1") await new Promise(() => {});
  return "made";
});
const user = defineUser({
  name: "User",
  tasks: {
    async page(vu) {
      await value.get(vu);
      await vu.http.get("/page");
      vu.stopRun("it is made", "passed");
    },
  },
});
export default defineTest({ users: [user], load: closed({ users: 2, spawnRate: 100, duration: "20s" }) });
`,
  });
  const host = `--host=http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const flags = ["--master-bind-port=0", "--stop-timeout=0s", "--no-store"];
  const master = await MusterRun.start(t, ["master", join(folder, "test.ts"), host, ...flags]);
  const port = await master.masterPort();
  const maker = startWorker(t, port, "", "--stop-timeout=0s");
  await waitUntil("the first maker", async () => makers === 1);
  startWorker(t, port, "");
  await waitUntil("the other worker", async () => master.log.filter(({ msg }) => msg === "worker joined").length === 2);
  maker.kill("SIGTERM");
  const { result } = await master.finished();
  assert.ok(pages > 0, String(result.reasons));
  assert.ok(result.run.durationMs < 20_000, `${result.run.durationMs} ms`);
});
