import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { type AwsCredentialSource, sigV4 } from "../../../../src/scenario/auth/aws.ts";
import type { RequestOptions } from "../../../../src/scenario/definition/http.ts";
import type { VirtualUser } from "../../../../src/scenario/definition/virtual-user.ts";
import { waitUntil } from "../../../support/wait-until.ts";
import { TestUser } from "../../user/test-user.ts";
import { TestServer, withTimeout } from "../fixture.ts";
import { sigV4Server } from "./sigv4-server.ts";

const credentials = { accessKeyId: "AKID", secretAccessKey: "secret/+" };
const tasks = { none: () => {} };

test("the verifying server admits what curl signs, and nothing that was changed", withTimeout, async (t) => {
  const { server } = await sigV4Server("AKID", "secret/+", "eu-west-1", "execute-api");
  await using _ = server;
  const curl = (...words: string[]) =>
    promisify(execFile)("curl", [
      ...["--silent", "--aws-sigv4", "aws:amz:eu-west-1:execute-api", "--user"],
      ...words,
      "--write-out",
      " %{http_code}",
    ]);
  try {
    const { stdout } = await curl("AKID:secret/+", `${server.url}/jobs?a=b&c=d`, "--data", "the body");
    assert.equal(stdout, "signed 200");
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ENOENT") throw error;
    t.skip("there is no curl");
    return;
  }
  assert.match((await curl("AKID:other", `${server.url}/jobs`)).stdout, /another signature.* 403$/s);
});

const requests: readonly (readonly [method: string, path: string, options: RequestOptions])[] = [
  ["GET", "/", {}],
  ["GET", "/jobs/a%2Fb/ä ö", {}],
  ["GET", "/prod/(1)/'*!~", { query: { "a b": "c+d", z: "!'()*", a: "ü/=&", empty: "" } }],
  ["GET", "/jobs?b=2&a=1&a=0&flag", {}],
  ["GET", "/jobs", { query: new URLSearchParams({ q: "a b" }) }],
  ["POST", "/jobs", { json: { a: "ü" } }],
  ["PUT", "/jobs", { body: new Uint8Array([0, 255, 7]) }],
  ["PATCH", "/jobs", { form: { a: "b c" } }],
  ["POST", "/jobs", { body: new URLSearchParams({ a: "b c" }) }],
  ["DELETE", "/jobs", { headers: { "x-amz-meta": "  a   b ", "X-Custom": ["one", "two"], cookie: "a=b" } }],
  ["GET", "/jobs", { headers: { host: "api.example.com" } }],
];

for (const service of ["execute-api", "s3"]) {
  test(`${service}: every kind of request is signed as it is sent`, withTimeout, async () => {
    const { server, refusals } = await sigV4Server("AKID", "secret/+", "eu-west-1", service);
    await using _ = server;
    for (const engine of ["own", "undici"] as const) {
      const auth = sigV4({ region: "eu-west-1", service, credentials });
      using tester = new TestUser({ tasks }, server.url, { auth, headers: { accept: "*/*" } }, engine);
      for (const [method, path, options] of requests) {
        const got = await tester.user.http.request(method, path, options);
        assert.deepEqual([method, path, refusals, got.status], [method, path, [], 200]);
      }
    }
  });
}

test("each retry is signed again, and what hooks have changed too", withTimeout, async () => {
  const { server, refusals } = await sigV4Server("AKID", "secret/+", "eu-west-1", "execute-api");
  await using _ = server;
  const auth = sigV4({ region: "eu-west-1", credentials });
  let tries = 0;
  using tester = new TestUser(
    {
      tasks,
      retries: { max: 1, statuses: [200], delay: "1ms" },
      beforeRequest: (request) => {
        tries++;
        request.url += `?try=${request.attempt}`;
        request.headers.set("x-amz-try", String(request.attempt));
        request.body = "changed";
      },
    },
    server.url,
    { auth },
  );
  const got = await tester.user.http.put("/", { body: "first", expect: 201 });
  assert.deepEqual([got.status, tries, refusals], [200, 2, []]);
});

test("credentials of a function are shared by all users until they expire", withTimeout, async () => {
  const { server, refusals } = await sigV4Server("AKID", "secret/+", "eu-west-1", "execute-api");
  await using _ = server;
  let calls = 0;
  let lifetimeMs = 60_000;
  const source: AwsCredentialSource = async () => {
    calls++;
    const expiration = new Date(Date.now() + lifetimeMs);
    return { ...credentials, sessionToken: `t${calls}`, expiration };
  };
  const auth = sigV4({ region: "eu-west-1", credentials: source });
  using first = new TestUser({ tasks }, server.url, { auth });
  using second = new TestUser({ tasks }, server.url, { auth });
  const both = () => Promise.all([first.user.http.get("/a"), second.user.http.get("/b")]);
  await both();
  await both();
  assert.deepEqual([calls, refusals], [1, []]);
  lifetimeMs = 0;
  using third = new TestUser({ tasks }, server.url, { auth: sigV4({ region: "eu-west-1", credentials: source }) });
  await third.user.http.get("/");
  await third.user.http.get("/");
  assert.deepEqual([calls, refusals], [3, []]);
});

test("a user that is stopped while it gets the credentials of all does not stop the others", withTimeout, async () => {
  let calls = 0;
  await using server = await TestServer.http(({ url }, response) => {
    if (url !== "/credentials" || ++calls > 1) response.end();
  });
  const source: AwsCredentialSource = async ({ http }) => {
    await http.get("/credentials");
    return credentials;
  };
  const auth = sigV4({ region: "eu-west-1", credentials: source });
  const asking = { ask: async (vu: Pick<VirtualUser<object>, "http">) => void (await vu.http.get("/")) };
  using first = new TestUser({ tasks: asking }, server.url, { auth });
  using second = new TestUser({ tasks: asking }, server.url, { auth });
  using third = new TestUser({ tasks: asking }, server.url, { auth });
  const iterations = [first, second, third].map(({ user }) => user.iterate());
  await waitUntil("the credentials are asked for", () => calls === 1);
  first.user.abort();
  await Promise.all(iterations);
  assert.deepEqual([second.user.hasStopped, third.user.hasStopped, calls], [false, false, 2]);
});

test(
  "without a region or credentials, and with ones that are none, sigV4 says what is missing",
  withTimeout,
  async () => {
    const names = [
      "AWS_REGION",
      "AWS_DEFAULT_REGION",
      "AWS_ACCESS_KEY_ID",
      "AWS_SECRET_ACCESS_KEY",
      "AWS_SESSION_TOKEN",
    ];
    const before = names.map((name) => process.env[name]);
    for (const name of names) delete process.env[name];
    try {
      assert.throws(() => sigV4({ credentials }), { message: /no region: give \{ region: "eu-west-1" \}/ });
      assert.throws(() => sigV4({ region: "a" }), { message: /no credentials: set AWS_ACCESS_KEY_ID/ });
      process.env.AWS_DEFAULT_REGION = "eu-west-1";
      process.env.AWS_ACCESS_KEY_ID = "AKID";
      process.env.AWS_SECRET_ACCESS_KEY = "secret/+";
      const { server, refusals } = await sigV4Server("AKID", "secret/+", "eu-west-1", "execute-api");
      await using _ = server;
      using tester = new TestUser({ tasks }, server.url, { auth: sigV4() });
      assert.deepEqual([(await tester.user.http.get("/")).status, refusals], [200, []]);
    } finally {
      for (const [at, name] of names.entries()) {
        const value = before[at];
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
    const wrong = { ...credentials, secretAccessKey: 5 } as never;
    assert.throws(() => sigV4({ region: "a", credentials: wrong }), { message: /secretAccessKey is the number 5/ });
    await using server = await TestServer.http((__, response) => response.end());
    const auth = sigV4({ region: "a", credentials: () => undefined as never });
    using tester = new TestUser({ tasks }, server.url, { auth });
    await assert.rejects(tester.user.http.get("/"), { message: /the credentials are undefined/ });
  },
);
