import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { gzipSync } from "node:zlib";
import { forgetSecrets, keepSecret } from "../../../src/core/redaction/known-secrets.ts";
import type { FailedRequest } from "../../../src/stats/evidence/failed-request.ts";
import type { ClientRules } from "../../../src/worker/http/client.ts";
import { TestClient, TestServer, withTimeout } from "./fixture.ts";

const secret = "s3cret-t0ken";

afterEach(forgetSecrets);

/** A client of user 5 that keeps failed requests; it is at 2.5 s of the run. */
function newClient(base: string, rules: Partial<ClientRules> = {}): TestClient {
  const user = { index: 5 } as ClientRules["user"] & object;
  return new TestClient(base, undefined, undefined, { user, sinceStartMs: () => 2_500, ...rules });
}

function samplesOf({ recorder }: TestClient): readonly FailedRequest[] {
  return [...recorder.errors.values()].flatMap(({ samples = [] }) => samples);
}

for (const keepsBodies of [true, false]) {
  test(
    `a failed request is kept with its heads and bodies, masked; bodies are read: ${keepsBodies}`,
    withTimeout,
    async () => {
      await using server = await TestServer.http((request, response) => {
        request.resume();
        response.writeHead(503, {
          "content-type": "application/json",
          "set-cookie": [`a=${secret}; Path=/`, `b=${secret}`],
        });
        response.end(JSON.stringify({ error: "busy", token: secret, filler: "x".repeat(5_000) }));
      });
      using client = newClient(server.url, { keepsBodies });
      await client.http.post(`/jobs?token=${secret}`, {
        headers: { authorization: `Bearer ${secret}`, "x-kept": "é" },
        json: { name: "job", password: secret },
      });
      const [sample, ...others] = samplesOf(client);
      assert.equal(others.length, 0);
      assert.ok(sample !== undefined && !JSON.stringify(sample).includes(secret));
      assert.deepEqual([sample.atMs, sample.user, sample.worker], [2_500, 5, 0]);
      assert.match(sample.request, /^POST \/jobs\?token=\*\*\* HTTP\/1\.1\nhost: 127\.0\.0\.1:\d+\n/);
      assert.match(sample.request, /^authorization: Bearer \*\*\*$/m);
      assert.equal(sample.requestBody, '{"name":"job","password":"***"}');
      assert.match(sample.response, /^503\ncontent-type: application\/json\n/);
      assert.match(sample.response, /set-cookie: a=\*\*\*; Path=\/\nset-cookie: b=\*\*\*$/);
      assert.match(sample.responseBody, /^\{"error":"busy","token":"\*\*\*","filler":"x+…$/);
      assert.ok(sample.responseBody.length <= 1_001);
      assert.ok(sample.durationMs > 0 && sample.phasesMs.length === 6);
    },
  );
}

test(
  "a request without a response has none in its sample; one that was not sent has no phases",
  withTimeout,
  async () => {
    const server = await TestServer.http(() => {});
    await server[Symbol.asyncDispose]();
    using client = newClient(server.url);
    await client.http.get("/jobs");
    const [sample] = samplesOf(client);
    assert.deepEqual([sample?.response, sample?.responseBody, sample?.phasesMs], ["", "", []]);
    assert.match(sample?.request ?? "", /^GET \/jobs/);
  },
);

test("a check that was not met is kept like a status", withTimeout, async () => {
  await using server = await TestServer.http((_, response) => response.end("no luck"));
  using client = newClient(server.url);
  await client.http.get("/jobs", { expect: (response) => response.text() === "luck" || "no luck today" });
  const [sample] = samplesOf(client);
  assert.match(sample?.response ?? "", /^200\n/);
  assert.equal(sample?.responseBody, "no luck");
});

test("compressed and binary bodies", withTimeout, async () => {
  await using server = await TestServer.http(({ url }, response) => {
    if (url === "/gzip") response.writeHead(500, { "content-encoding": "gzip" }).end(gzipSync("out of luck"));
    else response.writeHead(501, { "content-type": "image/png" }).end(Buffer.from([0x89, 0, 1, 2, 3, 0xff]));
  });
  for (const keepsBodies of [true, false]) {
    using client = newClient(server.url, { keepsBodies });
    await client.http.get("/gzip");
    await client.http.get("/png");
    const bodies = samplesOf(client).map(({ responseBody }) => responseBody);
    assert.deepEqual(bodies, [keepsBodies ? "out of luck" : "(compressed)", "(image/png)"]);
  }
});

test(
  "a response that is no failure is not kept, and neither is one of a client without a run",
  withTimeout,
  async () => {
    await using server = await TestServer.http(({ url }, response) =>
      response.writeHead(url === "/ok" ? 200 : 404).end("x"),
    );
    using client = newClient(server.url);
    await client.http.get("/ok");
    assert.deepEqual(samplesOf(client), []);
    using other = new TestClient(server.url);
    await other.http.get("/missing");
    assert.deepEqual(samplesOf(other), []);
  },
);

test("a known secret that begins before the cut of a body is masked as a whole", withTimeout, async () => {
  const known = "correct horse battery staple";
  keepSecret(known);
  const text = `${"x".repeat(990)}${known}${"y".repeat(500)}`;
  await using server = await TestServer.http((request, response) => {
    request.resume();
    response.writeHead(500, { "content-type": "text/plain" }).end(text);
  });
  for (const body of [text, Buffer.from(text)]) {
    using client = newClient(server.url);
    await client.http.post("/jobs", { headers: { "content-type": "text/plain" }, body });
    const [sample] = samplesOf(client);
    const shown = `${"x".repeat(990)}***…`;
    assert.deepEqual([sample?.requestBody, sample?.responseBody], [shown, shown]);
  }
});
