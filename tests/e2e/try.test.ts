import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { casesByDepth } from "../support/depth.ts";
import { MusterProcess } from "../support/muster-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const secrets = ["t0ken-in-header", "t0ken-in-url", "t0ken-in-body", "s3ssion", "pa55word", "new-t0ken"];

/** A service with a login, a file and an error. */
function respond(request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
  request.resume();
  if (pathname === "/login") {
    response.setHeader("set-cookie", ["session=s3ssion; Path=/; HttpOnly", "theme=s3ssion"]);
    response.setHeader("content-type", "application/json");
    response.end('{"access_token":"new-t0ken","expires_in":60}');
  } else if (pathname === "/picture") {
    response.setHeader("content-type", "image/png");
    response.end(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3, 0xff, 0xfe]));
  } else if (pathname === "/long") response.end("x".repeat(5_000));
  else if (pathname === "/lines") {
    response.write('{"token":"t0ken-in-body"}\n');
    setTimeout(() => response.end('{"line":2}\n'), 20);
  } else if (pathname === "/missing") response.writeHead(404).end("no such thing");
  else response.end("ok");
}

async function serve(t: TestContext): Promise<string> {
  const server = createServer(respond);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const testFile = `import { constant, defineTest, defineUser } from "muster-load";
const buyer = defineUser({
  name: "Buyer",
  pause: constant("10s"),
  tasks: {
    login: async (vu) => {
      const response = await vu.http.post("/login?token=t0ken-in-url", {
        json: { user: "ann", password: "pa55word", nested: { apiKey: "t0ken-in-body" } },
        headers: { authorization: "Bearer t0ken-in-header", "x-api-key": "t0ken-in-header" },
      });
      vu.check("logged in", response.ok);
    },
    browse: async (vu) => {
      await vu.http.get("/picture");
      await vu.http.get("/long");
    },
    idle: () => {},
    grouped: { weight: 0, run: (vu) => vu.group("checkout", async () => void (await vu.http.get("/orders/1", { name: "/orders/:id" }))) },
    broken: { weight: 0, run: async (vu) => void (await vu.http.get("/missing")) },
    unchecked: { weight: 0, run: (vu) => void vu.check("never", false) },
    throwing: { weight: 0, run: () => { throw new Error("password=pa55word of ann"); } },
    streamed: { weight: 0, run: async (vu) => { for await (const _ of (await vu.http.get("/lines", { stream: true })).lines()); } },
    endless: { weight: 0, run: (vu) => vu.sleep("10m") },
    measured: { weight: 0, run: (vu) => vu.group("pay", () => vu.measure("checkout", async () => {
      await vu.measure("ask bank", async (call) => { call.bytesOut = 12; call.bytesIn = 2_048; }, { kind: "BANK" });
      await vu.http.get("/picture");
    })) },
    refused: { weight: 0, run: (vu) => vu.measure("insert", ({ fail }) => fail("token=t0ken-in-body is taken"), { kind: "SQL" }) },
  },
});
export default defineTest({ users: [buyer], teardown: async ({ http }) => void (await http.get("/bye")) });
`;

async function tried(t: TestContext, ...words: string[]) {
  const [host, folder] = [await serve(t), await temporaryFolder(t, { "shop.ts": testFile })];
  const run = new MusterProcess(t, ["try", "shop.ts", `--host=${host}`, ...words], { cwd: folder });
  const { code } = await run.ended();
  return { code, out: run.stdout, said: run.stderr, folder };
}

test("muster try shows each request once, with its place in the test, and masks secrets there and in the HAR file", async (t) => {
  const { code, out, said, folder } = await tried(t, "--har=tried.har");
  assert.deepEqual([code, said], [0, ""], out + said);
  const har = await readFile(join(folder, "tried.har"), "utf8");
  for (const secret of secrets) {
    assert.ok(!out.includes(secret), `${secret} is printed`);
    assert.ok(!har.includes(secret), `${secret} is in the HAR file`);
  }
  for (const line of [
    "> POST /login?token=*** HTTP/1.1",
    "> authorization: Bearer ***",
    "> x-api-key: ***",
    '  {"user":"ann","password":"***","nested":{"apiKey":"***"}}',
    "< 200 OK",
    "< set-cookie: session=***; Path=/; HttpOnly",
    "< set-cookie: theme=***",
    '  {"access_token":"***","expires_in":60}',
    "> cookie: session=***; theme=***",
    "  (10 B of image/png)",
    "  … 3.0 kB more; --full shows them",
    "    no request",
  ]) {
    assert.ok(out.includes(line), `${line}\nis missing in\n${out}`);
  }
  assert.match(out, /^ {2}✓ POST \/login\?token=\*\*\* {2}200 {2}[\d.,]+ ms +shop\.ts:7:38$/m);
  assert.match(out, /^ {2}✓ check "logged in" +shop\.ts:11:10$/m);
  assert.match(out, /^ {4}connect [\d.,]+ ms .*waiting [\d.,]+ ms.*, \d+ B out, \d+ B in$/m);
  assert.match(out, /^ {4}.*waiting [\d.,]+ ms.*, connection reused$/m);
  assert.match(out, /\n✓ passed {3}4 requests, 1 check in [^\n]+\nwrote tried\.har\n$/);

  const { log } = JSON.parse(har) as { log: { version: string; entries: HarEntry[] } };
  assert.equal(log.version, "1.2");
  assert.deepEqual(
    log.entries.map(({ request, response }) => [request.method, new URL(request.url).pathname, response.status]),
    [
      ["POST", "/login", 200],
      ["GET", "/picture", 200],
      ["GET", "/long", 200],
      ["GET", "/bye", 200],
    ],
  );
  const [login, picture, long] = log.entries;
  assert.equal(login?.comment, "shop.ts:7:38");
  assert.equal(picture?.response.content.encoding, "base64");
  assert.equal(long?.response.content.text?.length, 5_000);
});

interface HarEntry {
  readonly request: { readonly method: string; readonly url: string };
  readonly response: {
    readonly status: number;
    readonly content: { readonly text?: string; readonly encoding?: string };
  };
  readonly comment?: string;
}

const ends: readonly (readonly [words: readonly string[], code: number, shown: RegExp])[] = [
  [
    ["--task=broken"],
    99,
    /✗ GET \/missing {2}404 .*\n {4}failed: .*404.*\n[\s\S]*no such thing[\s\S]*\n✗ failed {3}1 of 2 requests failed; 2 requests, .*\n {2}✗ GET \/missing {2}404 .* shop\.ts:19:\d+\n$/,
  ],
  [
    ["--task=unchecked"],
    99,
    /✗ check "never" +shop\.ts:20:\d+\n[\s\S]*✗ failed {3}1 of 1 check failed; .*\n {2}✗ check "never" .*\n$/,
  ],
  [
    ["--task=throwing"],
    107,
    /✗ throwing threw Error: password=\*\*\* of ann \(shop\.ts:21:\d+\)\n +at .*shop\.ts:21[\s\S]*1 exception/,
  ],
  [
    ["--task=measured"],
    0,
    /^ {2}✓ BANK ask bank in pay {2}[\d.,]+ ms +shop\.ts:25:\d+\n {4}12 B out, 2\.0 kB in\n {2}✓ GET \/picture [\s\S]*\n {2}✓ \(CALL\) checkout in pay {2}[\d.,]+ ms +shop\.ts:24:\d+\n[\s\S]*\n✓ passed {3}2 requests, 2 measures, 0 checks in/m,
  ],
  [
    ["--task=refused"],
    99,
    /^ {2}✗ SQL insert {2}check {2}[\d.,]+ ms +shop\.ts:28:\d+\n {4}failed: token=\*\*\* is taken\n[\s\S]*\n✗ failed {3}1 of 1 measure failed; 1 request, 1 measure, 0 checks in .*\n {2}✗ SQL insert {2}check .*\n$/m,
  ],
  [["--task=browse", "--iterations=2", "--full"], 0, /x{5000}[\s\S]*5 requests/],
  [
    ["--task=grouped"],
    0,
    /^ {2}✓ GET \/orders\/1 \(\/orders\/:id\) in checkout {2}200 {2}[\d.,]+ ms +shop\.ts:18:\d+$/m,
  ],
  [["--task=streamed"], 0, /✓ GET \/lines {2}200 [\s\S]* {2}\{"token":"\*\*\*"\}\n {6}\{"line":2\}\n/],
  [["--task=brose"], 104, /unknown task "brose"; did you mean browse\?/],
  [["--class=Byer"], 104, /unknown user class "Byer"; did you mean Buyer\?/],
  [["--har=missing/tried.har"], 104, /--har missing\/tried\.har: the folder/],
  [["--engine=undici", "--task=browse"], 0, /> GET \/picture\n[\s\S]*✓ passed/],
];
for (const [[words, code, shown], declare] of casesByDepth(2, ends)) {
  declare(`muster try ${words.join(" ")} ends with ${code}`, async (t) => {
    const found = await tried(t, ...words);
    assert.match(found.out + found.said, shown);
    assert.equal(found.code, code);
  });
}

test("muster try without any request is no success", async (t) => {
  const folder = await temporaryFolder(t, {
    "idle.ts": `import { defineTest, defineUser } from "muster-load";
export default defineTest({ host: "http://127.0.0.1:1", users: [defineUser({ name: "A", tasks: { a: () => {} } })] });\n`,
  });
  const run = new MusterProcess(t, ["try", "idle.ts"], { cwd: folder });
  assert.equal((await run.ended()).code, 110);
  assert.match(run.stdout, /! no request was made/);
});

test("muster try: a signal interrupts the user, and teardown still runs", async (t) => {
  const [host, folder] = [await serve(t), await temporaryFolder(t, { "shop.ts": testFile })];
  const run = new MusterProcess(t, ["try", "shop.ts", `--host=${host}`, "--task=browse,endless"], { cwd: folder });
  await run.output(/GET \/long/);
  run.kill("SIGINT");
  assert.equal((await run.ended()).code, 105);
  assert.match(run.stdout, /teardown\n {2}✓ GET \/bye[\s\S]*! stopped/);
});

const flowFile = `import { defineTest, defineUser } from "muster-load";
const buyer = defineUser({
  name: "Buyer",
  tasks: {
    shop: {
      repeat: "forever",
      tasks: { look: (vu) => vu.group("page", () => vu.http.get("/look")), go: (vu) => vu.leave() },
    },
    sale: async (vu) => {
      if (await vu.rendezvous("sale", { users: 50 })) await vu.http.get("/sale");
      vu.stopRun("over");
    },
  },
});
export default defineTest({ users: [buyer] });
`;

test("muster try runs each task of task sets, and waits for no other users", async (t) => {
  const [host, folder] = [await serve(t), await temporaryFolder(t, { "flow.ts": flowFile })];
  const run = new MusterProcess(t, ["try", "flow.ts", `--host=${host}`], { cwd: folder });
  const { code } = await run.ended();
  assert.equal(code, 0, run.stdout + run.stderr);
  for (const shown of ["Buyer · shop::look", "GET /look", "Buyer · shop::go", "Buyer · sale", "GET /sale"]) {
    assert.ok(run.stdout.includes(shown), `${shown} in ${run.stdout}`);
  }
});

test("muster try: what needs other users or the master is answered in the process, and files are sent", async (t) => {
  const host = await serve(t);
  const folder = await temporaryFolder(t, {
    "all.ts": `import { bearerAuth, defineTest, defineUser, env, file, secretFile } from "muster-load";
const isLate = (read: () => unknown) => { try { read(); return false; } catch (error) { return /called too late/.test(String(error)); } };
const photo = file("photo.txt");
let started = "";
export default defineTest({
  onRunStart: ({ host, isResumed }) => { started += "run " + (host !== "") + isResumed + ", "; },
  onWorkerStart: ({ worker }) => { started += "worker " + worker; },
  setup: () => console.error("began with " + started),
  onWorkerStop: () => { throw new Error("no stop"); },
  onRunEnd: () => console.error("never"),
  users: [defineUser({ name: "A", tasks: {
  // As on a worker, which has only what the top level has read.
  late: (vu) => { vu.check("late", isLate(() => env("A")) && isLate(() => file("photo.txt2")) && isLate(() => secretFile("a.pem"))); },
  member: (vu) => vu.http.get("/member", { auth: bearerAuth(async () => { await new Promise(setImmediate); return "t"; }) }),
  out: (vu) => { try { vu.leave(); } catch (error) { vu.check("in no set", /not in a task set/.test(String(error))); } },
  meet: async (vu) => { vu.check("met", await vu.rendezvous("start", { users: 100 })); },
  upload: async (vu) => { await vu.http.post("/upload", { multipart: { photo, password: "pa55word" } }); vu.stopRun("enough", "passed"); },
  never: (vu) => vu.http.get("/never"),
} })] });
`,
    "photo.txt": "a photo of ann",
  });
  const run = new MusterProcess(t, ["try", "all.ts", `--host=${host}`], { cwd: folder });
  // A hook that throws is an exception here, and a warning in a run.
  assert.equal((await run.ended()).code, 107, run.stdout + run.stderr);
  assert.match(run.stdout + run.stderr, /began with run truefalse, worker 1/);
  assert.match(run.stdout, /✗ onWorkerStop threw Error: no stop[\s\S]*onRunEnd\n {2}! does not run here/);
  assert.doesNotMatch(run.stdout + run.stderr, /never\n/);
  assert.match(
    run.stdout,
    /! rendezvous "start" waits for 100 users in a run; here it is met by one\n {2}✓ check "met"/,
  );
  assert.match(run.stdout, /✓ GET \/member .* all\.ts:\d+:\d+\n/, "its place, though it waited for its token");
  assert.match(run.stdout, /name="photo"; filename="photo\.txt"[\s\S]*a photo of ann/);
  assert.ok(!run.stdout.includes("pa55word"), run.stdout);
  assert.match(
    run.stdout,
    /! the test stops the run here \(passed\): enough\n[\s\S]*failed {3}1 exception; 2 requests, 3 checks/,
  );
});
