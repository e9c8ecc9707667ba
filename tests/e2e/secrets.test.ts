import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { MusterRun } from "../support/muster-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** Where each secret of the test comes from; its value is in what a run says only if it leaks. */
const secrets = {
  host: "h0st-passw0rd",
  variable: "vari4ble-passw0rd",
  declared: "decl4red-v4lue",
  inSource: "sourc3-passw0rd",
  token: "b34rer-t0ken-value",
};

const testFile = `import { closed, constant, defineTest, defineUser, env, secret } from "muster-load";
const password = env("SHOP_PASSWORD");
const declared = secret(env("SHOP_WORD"));
const user = defineUser({
  name: "User",
  pause: constant("50ms"),
  onStart: (vu) => { vu.state.word = vu.setup.word; },
  tasks: {
    order: async (vu) => {
      console.log("logging in with", password, declared);
      console.error(JSON.stringify({ password, declared }));
      const response = await vu.http.post(\`/orders/\${declared}?token=${secrets.token}\`, {
        body: \`\${password} \${declared}\`,
        headers: { authorization: "Bearer ${secrets.token}", "x-shop": declared, "x-encoded": btoa(declared) },
      });
      vu.check(\`is \${password}\`, false);
      await vu.group(\`group \${declared}\`, () => vu.http.get("/x", { name: \`named \${password}\` }));
      throw new Error(\`cannot log in with \${declared} and \${encodeURIComponent(password)} \${response.status}\`);
    },
  },
});
export default defineTest({
  users: [user],
  setup: () => ({ word: declared }),
  onRunStart: () => { throw new Error(\`no start with \${declared}\`); },
  load: closed({ users: 2, spawnRate: 100, duration: "2s" }),
  thresholds: { failures: "rate<0.01" },
  // ${secrets.inSource}
});
`;

test("no file, stream or line of a run has a secret: of the host, of a variable, declared, or in the test", async (t) => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => {
      body += piece;
    });
    request.on("end", () => {
      seen.push(`${request.url} ${body} ${JSON.stringify(request.headers)}`);
      response.writeHead(500, { "x-echo": body }).end(`{"echo":"${body}"}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const folder = await temporaryFolder(t, { "shop.ts": testFile, "out/.keep": "", "out/summary.md": "" });
  const out = join(folder, "out");
  const run = await MusterRun.start(
    t,
    [
      "run",
      join(folder, "shop.ts"),
      `--host=http://ann:${secrets.host}@127.0.0.1:${port}`,
      "--workers=2",
      ...["html", "junit", "markdown", "hlog", "hgrm", "csv", "stream"].map(
        (format) => `--${format}=${join(out, format)}`,
      ),
    ],
    {
      SHOP_PASSWORD: secrets.variable,
      SHOP_WORD: secrets.declared,
      MUSTER_DATA_DIR: join(out, "data"),
      GITHUB_ACTIONS: "true",
      GITHUB_STEP_SUMMARY: join(out, "summary.md"),
    },
  );
  const { result } = await run.finished();
  assert.deepEqual(
    result.errors.filter(({ message }) => message.includes("vu.http")),
    [],
  );
  // The service got what the test sent.
  assert.ok(seen.some((one) => one.includes(secrets.declared) && one.includes(secrets.variable)));
  assert.ok(result.endpoints.some(({ name }) => name === "/orders/***"));
  assert.ok(result.errors.some(({ message }) => message.includes("cannot log in with *** and ***")));
  assert.deepEqual(
    result.checks.map(({ name }) => name),
    ["is ***"],
  );
  assert.ok(result.warnings.some((warning) => warning.includes("no start with ***")));
  const texts = new Map([
    ["standard output", run.stdout],
    ["standard error", run.stderr],
    ["the result", JSON.stringify(result)],
  ]);
  for (const name of await readdir(out, { recursive: true, withFileTypes: true })) {
    if (!name.isFile()) continue;
    const content = await readFile(join(name.parentPath, name.name), "latin1");
    const packed = /id="report">([^<]+)</.exec(content)?.[1];
    texts.set(name.name, content + (packed === undefined ? "" : gunzipSync(Buffer.from(packed, "base64")).toString()));
  }
  assert.ok([...texts.keys()].includes("muster.db") && texts.size > 12, [...texts.keys()].join());
  for (const [name, text] of texts) {
    for (const [from, secret] of Object.entries(secrets)) {
      for (const form of [secret, encodeURIComponent(secret), btoa(secret).replace(/=+$/, ""), btoa(`ann:${secret}`)]) {
        assert.ok(!text.includes(form), `the secret "${from}" is in ${name}: ${around(text, form)}`);
      }
    }
  }
});

function around(text: string, form: string): string {
  const at = text.indexOf(form);
  return JSON.stringify(text.slice(Math.max(0, at - 100), at + 100));
}
