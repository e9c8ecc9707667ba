import assert from "node:assert/strict";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { hasNginx } from "../../scripts/optional-tools.ts";
import { warningsOf } from "../support/assert-passed.ts";
import { Authority } from "../support/certificates.ts";
import { completedRun } from "../support/muster-process.ts";
import { Nginx } from "../support/nginx.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const withNginx = { skip: (await hasNginx()) ? false : "nginx is not installed" };

const source = `import { defineTest, defineUser, iterations, secretFiles } from "muster-load";
const [certificates, keys] = [secretFiles("users/user-*.pem"), secretFiles("users/user-*.key")];
const user = defineUser({
  name: "User",
  onStart(vu) {
    vu.http.tls.set({ cert: certificates[vu.index], key: keys[vu.index] });
  },
  tasks: {
    async follow(vu) {
      const response = await vu.http.get("/old", { maxRedirects: 1, headers: { "accept-encoding": "gzip" } });
      vu.check("redirected to the text", response.redirects.length === 1 && response.text().length === 1_000);
      vu.check("was compressed", response.headers["content-encoding"] === "gzip");
    },
  },
});
const admin = defineUser({
  name: "Admin",
  fixedCount: 1,
  tls: { pfx: "admin.p12", passphrase: "sesame" },
  tasks: { look: (vu) => vu.http.get("/who", { expect: (response) => response.text() === "CN=admin" || response.text() }) },
});
const nobody = defineUser({ name: "Nobody", fixedCount: 1, tls: { insecure: true }, tasks: { look: (vu) => vu.http.get("/who", { expect: 400 }) } });
export default defineTest({
  host: "https://api.test",
  tls: { ca: "ca.pem" },
  users: [user, admin, nobody],
  load: iterations({ users: 5, total: 20 }),
});
`;

/** Requires a client certificate, redirects from /old to a text of 1,000 bytes, and compresses it. */
const directives = (folder: string) => `
    server_name api.test;
    ssl_certificate ${folder}/service.pem; ssl_certificate_key ${folder}/service.key;
    ssl_client_certificate ${folder}/ca.pem; ssl_verify_client on;
    gzip on; gzip_types text/plain; gzip_min_length 100; default_type text/plain;
    location = /old { return 302 /text; }
    location = /text { return 200 "${"0123456789".repeat(100)}"; }
    location = /who { return 200 "$ssl_client_s_dn"; }`;

test("nginx with client certificates, redirects and gzip: each user has its own certificate", withNginx, async (t) => {
  const folder = await temporaryFolder(t, { "test.ts": source });
  for (const name of ["users", "nginx"]) await mkdir(join(folder, name));
  const authority = await Authority.in(folder);
  await authority.sign("service", "DNS:api.test");
  await authority.sign("admin", "email:admin@example.com");
  await authority.bundle("admin", "sesame");
  for (let user = 0; user < 5; user++)
    await authority.sign(`users/user-${user}`, "email:user@example.com", `user-${user}`);
  const log = "$uri $status $ssl_client_s_dn $ssl_server_name";
  const nginx = await Nginx.start(t, join(folder, "nginx"), {
    listen: "ssl",
    logFormat: log,
    server: directives(folder),
  });
  const env = { MUSTER_CONNECT_TO: `api.test=127.0.0.1:${nginx.port}`, MUSTER_DATA_DIR: join(folder, "data") };
  const { code, result, run } = await completedRun(t, [join(folder, "test.ts"), "--workers=2"], env);
  const unverified = "certificates of the service were not verified, as set by class Nobody";
  assert.deepEqual([code, result.errors, warningsOf(result)], [0, [], [unverified]]);
  assert.deepEqual(result.run.insecure, ["class Nobody"]);
  assert.ok(run.stdout.includes(unverified));
  for (const { name, passes, failures } of result.checks) assert.ok(passes > 0 && failures === 0, name);
  const seen = await nginx.log();
  assert.equal(seen.length, result.total.requests);
  const certificates = (uri: string) =>
    new Set(seen.filter((line) => line.startsWith(uri)).map((line) => line.split(" ")[2]));
  assert.deepEqual([...certificates("/text 200")].sort(), [...certificates("/old 302")].sort());
  assert.equal(certificates("/text 200").size, 3, "one certificate for each of the three users of the class");
  assert.deepEqual([certificates("/who 200"), certificates("/who 400")], [new Set(["CN=admin"]), new Set(["-"])]);
  assert.ok(
    seen.every((line) => line.endsWith(" api.test")),
    "the server name of the URL",
  );
  // Certificates and keys are neither stored nor said.
  const key = (await readFile(join(folder, "users/user-0.key"), "utf8")).split("\n")[1] ?? "";
  const kept = await readdir(join(folder, "data"), { recursive: true, withFileTypes: true });
  for (const file of kept.filter((entry) => entry.isFile())) {
    const content = (await readFile(join(file.parentPath, file.name))).toString("latin1");
    assert.ok(!content.includes(key) && !content.includes(Buffer.from(key).toString("base64").slice(0, -4)), file.name);
  }
  assert.ok(!`${run.stdout}${run.stderr}${JSON.stringify(result)}`.includes(key));
});
