import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createSocketServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { entry } from "../cli/actions/convert/har/recording.ts";
import { attempts, Disturbed } from "../support/attempts.ts";
import { testBadInput } from "../support/bad-input.ts";
import { MusterProcess } from "../support/muster-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { unusedPort } from "../support/unused-port.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

async function muster(t: TestContext, cwd: string, ...words: string[]) {
  const process = new MusterProcess(t, words, { cwd });
  const { code } = await process.ended();
  return { code, out: process.stdout, said: process.stderr.trimEnd() };
}

async function answering(t: TestContext, status = 200): Promise<string> {
  const server = createServer((_, response) => response.writeHead(status).end("hello"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("muster init: the test that it writes runs as it stands, and nothing is overwritten", async (t) => {
  const folder = await temporaryFolder(t, { "package.json": '{"private":true}' });
  const host = await answering(t);
  const first = await muster(t, folder, "init", `--host=${host}`);
  assert.deepEqual([first.code, first.said], [0, ""]);
  assert.match(
    first.out,
    /^load-test\.ts is written.*\ntsconfig\.json is written.*\nNext:\n {2}npm install --save-dev \S+\n {2}npx muster plan load-test\.ts\n {2}npx muster run load-test\.ts\n/,
  );
  assert.ok((await readFile(join(folder, "load-test.ts"), "utf8")).includes(host));
  JSON.parse(await readFile(join(folder, "tsconfig.json"), "utf8"));
  assert.equal((await muster(t, folder, "plan", "load-test.ts")).code, 0);
  await attempts(3, async () => {
    const run = await muster(t, folder, "run", "load-test.ts", "--run-time=1s", "--users=3", "--spawn-rate=10");
    // A busy machine takes longer than the p95 that is written may be.
    if (run.code === 110) throw new Disturbed(run.out + run.said);
    assert.equal(run.code, 0, run.out + run.said);
  });

  await writeFile(join(folder, "load-test.ts"), "mine");
  await writeFile(join(folder, "tsconfig.json"), "mine");
  const again = await muster(t, folder, "init");
  assert.equal(again.code, 104);
  assert.match(again.said, /^muster: load-test\.ts cannot be written: it already exists; choose another name/);
  assert.equal((await muster(t, folder, "init", "other-test.ts")).code, 0);
  for (const file of ["load-test.ts", "tsconfig.json"])
    assert.equal(await readFile(join(folder, file), "utf8"), "mine");
});

test("muster init: its commands are for the shell and for this folder, whatever their names", async (t) => {
  const above = await temporaryFolder(t, { "package.json": "{}" });
  const folder = join(above, "ünï code's $HOME");
  await mkdir(folder);
  const { code, out } = await muster(t, folder, "init", "it's $HOME.ts");
  assert.equal(code, 0);
  const steps = [...out.matchAll(/^ {2}(np.*)$/gm)].map(([, step]) => step);
  const words = spawnSync("sh", ["-c", steps.map((step) => `printf '[%s]' ${step}; echo`).join("\n")], {
    encoding: "utf8",
  });
  assert.deepEqual(words.stdout.trimEnd().split("\n"), [
    // Not into the folder above, whose package.json npm would take.
    `[npm][install][--save-dev][--prefix][.][${root.replace(/\/$/, "")}]`,
    "[npx][muster][plan][it's $HOME.ts]",
    "[npx][muster][run][it's $HOME.ts]",
  ]);
});

test("muster init where muster is installed: nothing to install, and the editor's settings take JSON and CSV", async (t) => {
  const folder = await temporaryFolder(t, {
    // As `npm init --yes` writes it.
    "package.json": '{"name":"t","version":"1.0.0","type":"commonjs"}',
    "users.json": '[{"id":1}]',
    "rows.csv": "name\nann\n",
    "data.ts": `import users from "./users.json" with { type: "json" };
import rows from "./rows.csv";
import "muster-load";
export const id: number | undefined = users[0]?.id;
export const name: string | undefined = rows[0]?.name;
`,
  });
  await mkdir(join(folder, "node_modules"));
  await symlink(root, join(folder, "node_modules/muster-load"));
  const { out } = await muster(t, folder, "init");
  assert.match(out, /\nNext:\n {2}npx muster plan load-test\.ts\n {2}npx muster run load-test\.ts\n/);
  const compiled = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder]);
  assert.equal(compiled.status, 0, String(compiled.stdout));
  const { target, module, moduleResolution } = JSON.parse(
    await readFile(join(folder, "tsconfig.json"), "utf8"),
  ).compilerOptions;
  assert.deepEqual([target, module, moduleResolution], ["es2022", "esnext", "bundler"], "known to TypeScript 5.4");
});

test("muster doctor: a line for each, and what to do about what is wrong", async (t) => {
  const folder = await temporaryFolder(t);
  const host = await answering(t, 404);
  const taken = createSocketServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  t.after(() => taken.close());
  const { port } = taken.address() as AddressInfo;
  const well = await muster(t, folder, "doctor", `--host=${host}`, `--master-bind-port=${port}`, "--web-port=0");
  assert.equal(well.code, 0, well.out);
  assert.match(well.out, /^✓ Node\.js: version 26/);
  assert.match(
    well.out,
    new RegExp(`^! port ${port}: in use; it is for a master\n {4}end the process that listens there`, "m"),
  );
  assert.match(well.out, /^✓ service: .* answers 404 in /m);
  assert.match(well.out, /^✓ clock: agrees with the service's$/m);

  const ill = await muster(t, folder, "doctor", `--host=http://127.0.0.1:${await unusedPort()}`, "--web-port=0");
  assert.equal(ill.code, 104);
  assert.match(ill.out, /^✗ service: .* does not answer: .*ECONNREFUSED.*\n {4}start it, or correct --host$/m);
});

test("muster convert: the test that is made of a recording sends what was recorded", async (t) => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      seen.push([request.method, request.url, request.headers["x-tenant"], body].join(" "));
      response.writeHead(request.url === "/gone" ? 404 : 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const json = { mimeType: "application/json", text: '{"name":"a \\u2028 \\"quote\\""}' };
  const entries = [
    entry({ url: `${url}/jobs?page=2&q=a%20b`, headers: { "X-Tenant": "blue" } }),
    entry({ url: `${url}/jobs/17`, method: "PUT", body: json, atMs: 700 }),
    entry({ url: `${url}/gone`, status: 404, atMs: 720 }),
    entry({ url: "https://statistics.example/hit" }),
  ];
  const folder = await temporaryFolder(t, { "r.har": JSON.stringify({ log: { entries } }) });
  const made = await muster(t, folder, "convert", "r.har", "--out", "recorded.ts");
  assert.deepEqual([made.code, made.said], [0, ""]);
  assert.match(made.out, /^recorded\.ts is written\.\nMade from r\.har: 3 requests /m);
  assert.match(made.out, /^ {4}1 https:\/\/statistics\.example$/m);
  const run = await muster(t, folder, "run", "recorded.ts", "--users=1", "--run-time=3s", "--target=p95=30s");
  assert.equal(run.code, 0, run.out + run.said);
  assert.deepEqual(seen.slice(0, 3), ["GET /jobs?page=2&q=a%20b blue ", `PUT /jobs/17  ${json.text}`, "GET /gone  "]);
  const printed = await muster(t, folder, "convert", "r.har");
  assert.equal(printed.out, await readFile(join(folder, "recorded.ts"), "utf8"));
  // Where standard output goes into a file, what was left out is still said.
  assert.match(printed.said, /^Made from r\.har: 3 requests .*\n(?:.*\n)*Left out: 1$/m);
});

testBadInput("first steps, asked badly", [
  {
    what: "a test file that is none",
    words: ["init", "load-test.txt"],
    says: /^load-test\.txt: the name of a test file must end in \.ts$/,
  },
  {
    what: "a host that is no URL",
    words: ["init", "--host=localhost:80"],
    says: /^host "localhost:80" is not an http/,
  },
  { what: "a folder that is missing", words: ["init", "no/test.ts"], says: /^no\/test\.ts cannot be written: ENOENT/ },
  { what: "a recording that is missing", words: ["convert", "no.har"], says: /^no\.har cannot be read: ENOENT/ },
  {
    what: "an origin that is not one",
    words: ["convert", "no.har", "--origin=shop.example"],
    says: /^--origin "shop\.example" is not the URL of a service; write it as https:\/\/shop\.example$/,
  },
  { what: "an unknown flag", words: ["doctor", "--hots", "x"], says: /^unknown option '--hots'/ },
]);
