import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { readerOf, targetOf } from "../../../src/master/observe/readers.ts";
import { json, type ObservedSourceDefinition, prometheus, promql } from "../../../src/scenario/observe/sources.ts";

async function served(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const answering = (text: string, status = 200) =>
  ((_, response) => {
    response.writeHead(status);
    response.end(text);
  }) satisfies RequestListener;

async function read(definition: ObservedSourceDefinition, signal = new AbortController().signal): Promise<unknown> {
  return await readerOf(definition)({ signal, runId: "run", profile: "default" });
}

test("a metric of Prometheus's text format is read, by its labels, as one of several series or together", async (t) => {
  const url = await served(t, answering('up{job="a"} 1\nup{job="b"} 2\nup{job="c",zone="x"} 6\nload 0.5\n'));
  const up = (options: object) => read(prometheus({ url, metric: "up", ...options }));
  assert.equal(await read(prometheus({ url, metric: "load" })), 0.5);
  assert.equal(await up({ labels: { job: "b" } }), 2);
  assert.equal(await up({ aggregate: "sum" }), 9);
  assert.equal(await up({ aggregate: "avg" }), 3);
  assert.equal(await up({ aggregate: "min" }), 1);
  assert.equal(await up({ aggregate: "max" }), 6);
  await assert.rejects(up({}), /^ObservationError: 3 series match, such as up\{job="a"\}: give labels, or aggregate/);
  await assert.rejects(up({ labels: { job: "d" } }), /there is no up\{job="d"\}; the metric has 3 with other labels/);
  await assert.rejects(read(prometheus({ url, metric: "down" })), /there is no down$/);
});

test("a PromQL query has one value; the answers are those of Prometheus's documentation", async (t) => {
  const answers: Readonly<Record<string, unknown>> = {
    vector: { resultType: "vector", result: [{ metric: { job: "a" }, value: [1435781451.781, "0.75"] }] },
    scalar: { resultType: "scalar", result: [1435781451.781, "2"] },
    none: { resultType: "vector", result: [] },
    two: { resultType: "vector", result: [{ value: [1, "1"] }, { value: [1, "2"] }] },
    range: { resultType: "matrix", result: [] },
    infinite: { resultType: "scalar", result: [1, "+Inf"] },
  };
  const url = await served(t, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://x");
    const data = pathname === "/prom/api/v1/query" ? answers[searchParams.get("query") ?? ""] : undefined;
    response.writeHead(data === undefined ? 400 : 200);
    response.end(JSON.stringify({ status: "success", data }));
  });
  const query = (text: string) => read(promql({ url: `${url}/prom/`, query: text }));
  assert.equal(await query("vector"), 0.75);
  assert.equal(await query("scalar"), 2);
  assert.equal(await query("infinite"), Number.POSITIVE_INFINITY);
  await assert.rejects(query("none"), /the query has no value now/);
  await assert.rejects(query("two"), /the query has 2 values: write a query with one value/);
  await assert.rejects(query("range"), /the answer is not a query result/);
  await assert.rejects(query("wrong"), /status 400/);
});

test("a number of a JSON document is read", async (t) => {
  const url = await served(t, answering('{"queue":{"length":7},"workers":[{"memory":12}],"name":"a","none":null}'));
  const at = (path: string) => read(json({ url, path }));
  assert.equal(await at("queue.length"), 7);
  assert.equal(await at("workers.0.memory"), 12);
  await assert.rejects(at("queue.size"), /expected a number at queue\.size, found nothing/);
  await assert.rejects(at("constructor.name"), /found nothing/);
  await assert.rejects(at("name"), /found a string/);
  await assert.rejects(at("none"), /found null/);
  const text = await served(t, answering("<html>"));
  await assert.rejects(read(json({ url: text, path: "a" })), /the response is not JSON/);
});

test("credentials of the URL, and headers, are sent, and not shown", async (t) => {
  const seen: (string | undefined)[] = [];
  const url = await served(t, (request, response) => {
    seen.push(request.headers.authorization, request.headers["x-api-key"] as string | undefined);
    response.end("up 1\n");
  });
  const secret = prometheus({ url: url.replace("//", "//reader:pa%20ss@"), metric: "up" });
  await read(secret);
  await read(prometheus({ url, metric: "up", headers: { Authorization: "Bearer token-1", "X-Api-Key": "k" } }));
  assert.deepEqual(seen, [`Basic ${Buffer.from("reader:pa ss").toString("base64")}`, undefined, "Bearer token-1", "k"]);
  assert.match(targetOf(secret) ?? "", /^up of http:\/\/\*\*\*@127\.0\.0\.1:\d+/);
});

test("a redirect is not followed, and a response is bounded", async (t) => {
  const redirecting = await served(t, (_, response) => {
    response.writeHead(302, { location: "http://169.254.169.254/" });
    response.end();
  });
  await assert.rejects(
    read(prometheus({ url: redirecting, metric: "up" })),
    /status 302 \(redirects are not followed\)/,
  );
  const endless = await served(t, (_, response) => {
    const line = Buffer.alloc(65_536, "#");
    const write = () => {
      while (!response.destroyed && response.write(line));
    };
    response.on("drain", write);
    write();
  });
  await assert.rejects(read(prometheus({ url: endless, metric: "up" })), /the response is larger than 10 MB/);
});

test("addresses of metadata are never read, also behind a name or in another form", async () => {
  for (const host of ["169.254.169.254", "[fd00:ec2::254]", "[::ffff:169.254.169.254]", "2852039166"]) {
    const read = readerOf(json({ url: `http://${host}/latest`, path: "a" }));
    const { signal } = new AbortController();
    await assert.rejects(
      async () => await read({ signal, runId: "", profile: "" }),
      /is the address of a cloud metadata service, which is never read/,
      host,
    );
  }
});

test("a reading that is aborted ends at once", async (t) => {
  const ended = new AbortController();
  const url = await served(t, () => ended.abort());
  await assert.rejects(read(json({ url, path: "a" }), ended.signal), { name: "AbortError" });
});
