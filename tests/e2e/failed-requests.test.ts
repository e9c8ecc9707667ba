import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { MusterProcess, MusterRun } from "../support/muster-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const testFile = `import { closed, constant, defineTest, defineUser } from "muster-load";
const user = defineUser({
  name: "User",
  pause: constant("50ms"),
  tasks: { order: (vu) => vu.http.post("/orders?token=s3cret", { json: { password: "s3cret", item: "pen" }, headers: { authorization: "Bearer s3cret" } }) },
});
export default defineTest({ users: [user], load: closed({ users: 4, spawnRate: 100, duration: "2s" }) });
`;

test("failed requests of two workers are in the result, the stored run and the report, with secrets masked", async (t) => {
  const server = createServer((request, response) => {
    request.resume();
    response
      .writeHead(503, { "set-cookie": "session=s3cret", "retry-after": "7" })
      .end('{"why":"stock is empty","key":1}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = await temporaryFolder(t, { "orders.ts": testFile });
  const html = join(folder, "report.html");
  const run = await MusterRun.start(t, [
    "run",
    join(folder, "orders.ts"),
    `--host=${host}`,
    "--workers=2",
    `--html=${html}`,
  ]);
  const { result } = await run.finished();
  const [error, ...others] = result.errors;
  assert.equal(others.length, 0);
  const { samples = [], count } = error ?? { count: 0 };
  assert.ok(count > 3 && samples.length === 3, `${count} failures, ${samples.length} samples`);
  for (const { atMs, worker, user, request, requestBody, response, responseBody, phasesMs } of samples) {
    assert.ok(atMs >= 0 && atMs < 60_000 && [1, 2].includes(worker) && user < 4);
    assert.match(request, /^POST \/orders\?token=\*\*\* HTTP\/1\.1\nhost: [\s\S]*\nauthorization: Bearer \*\*\*\n/);
    assert.equal(requestBody, '{"password":"***","item":"pen"}');
    assert.match(response, /^503\n[\s\S]*retry-after: 7/);
    assert.equal(responseBody, '{"why":"stock is empty","key":1}');
    assert.ok((phasesMs?.waiting ?? 0) > 0);
  }
  const page = dataOf(await readFile(html, "utf8"));
  assert.ok(page.includes("stock is empty"));
  const again = new MusterProcess(t, ["report", result.run.id, "--json=-"], {
    env: { MUSTER_DATA_DIR: run.dataFolder },
  });
  assert.equal((await again.ended()).code, 0);
  assert.deepEqual(JSON.parse(again.stdout).errors, result.errors);
  for (const text of [page, JSON.stringify(result), run.stdout, run.stderr]) assert.ok(!text.includes("s3cret"));
});

/** The data of a report page, which is compressed in it. */
function dataOf(html: string): string {
  const packed = html.match(/[\w+/=]{500,}/g)?.filter((text) => text.startsWith("H4sI")) ?? [];
  return packed.map((text) => gunzipSync(Buffer.from(text, "base64")).toString()).join("");
}
