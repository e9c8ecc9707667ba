import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { completedRun } from "../support/muster-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

test("a login for the users of all workers", async (t) => {
  let logins = 0;
  const server = createServer((request, response) => {
    if (request.url === "/login") response.end(`token-${++logins}`);
    else response.writeHead(request.headers.authorization === "Bearer token-1" ? 200 : 401).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening", { signal: AbortSignal.timeout(10_000) });
  t.after(() => server.close());
  const folder = await temporaryFolder(t, {
    "test.ts": `import { bearerAuth, defineTest, defineUser, iterations, once } from "muster-load";
const login = once("login", async ({ http }) => (await http.post("/login")).text(), { expiresIn: "1h" });
const user = defineUser({
  name: "User",
  auth: bearerAuth((context) => login.get(context)),
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
