import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { testBadInput } from "../support/bad-input.ts";
import { completedRun, MusterProcess } from "../support/muster-process.ts";

/** A service that counts the requests by their URL and credentials. */
async function counting(t: TestContext) {
  const counts = new Map<string, number>();
  const server = createServer(({ url, headers }, response) => {
    const key = `${url} ${headers.authorization}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    response.end("ok");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return { counts, port: (server.address() as AddressInfo).port };
}

test("muster run URL requests it, whatever MUSTER_HOST is, and its secrets are not in the result", async (t) => {
  const { counts, port } = await counting(t);
  const url = `http://ann:pa55word@127.0.0.1:${port}/a/b?q=1&token=t0ken`;
  const { code, result, run } = await completedRun(t, [url, "-u", "3", "-t", "1s"], {
    MUSTER_HOST: "http://127.0.0.1:1",
  });
  assert.equal(code, 0, run.stdout + run.stderr);
  const credentials = `Basic ${Buffer.from("ann:pa55word").toString("base64")}`;
  assert.deepEqual([...counts], [[`/a/b?q=1&token=t0ken ${credentials}`, result.endpoints[0]?.requests]]);
  assert.deepEqual(
    result.endpoints.map(({ method, name }) => [method, name]),
    [["GET", "/a/b"]],
  );
  assert.equal(result.peakUsers, 3);
  assert.equal(result.run.test, `127.0.0.1:${port}/a/b`);
  assert.equal(result.run.host, `http://127.0.0.1:${port}`);
  for (const secret of ["pa55word", "t0ken"])
    assert.ok(!(JSON.stringify(result) + run.stdout + run.stderr).includes(secret));
});

test("muster try URL shows one request; it comes from no file", async (t) => {
  const { port } = await counting(t);
  const run = new MusterProcess(t, ["try", `http://127.0.0.1:${port}`]);
  assert.equal((await run.ended()).code, 0, run.stderr);
  assert.match(run.stdout, /^User · get\n {2}✓ GET \/ {2}200 {2}[\d.,]+ ms\s*\n {4}> GET \/ HTTP\/1\.1\n/m);
});

test("muster plan URL: all users from the start, and a rate makes an open load", async (t) => {
  const planned = async (...words: string[]) => {
    const run = new MusterProcess(t, ["plan", "http://127.0.0.1:1/a", "--json", "-", ...words]);
    assert.equal((await run.ended()).code, 0, run.stderr);
    return run.stdout;
  };
  assert.match(await planned(), /"durationMs": 10000/);
  assert.match(await planned("--rate=50"), /"kind": "open"/);
});

testBadInput("URLs that are none", [
  { what: "no host", words: ["run", "http://"], says: /^"http:\/\/" is not a URL$/ },
  {
    what: "no scheme",
    words: ["run", "localhost:8000/jobs"],
    says: /test file not found: localhost:8000\/jobs .*; for a URL, write http:\/\/localhost:8000\/jobs$/,
  },
  { what: "a class", words: ["run", "http://127.0.0.1:1/", "Admin"], says: /unknown user class "Admin"/ },
]);
