import assert from "node:assert/strict";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { connect } from "node:tls";
import { type Issued, issueCertificate } from "../../src/cli/actions/certs/certificate.ts";
import { assertPassed } from "../support/assert-passed.ts";
import { casesByDepth } from "../support/depth.ts";
import { startWorker } from "../support/distributed.ts";
import { assertExact } from "../support/exactness.ts";
import { fixture } from "../support/fixture.ts";
import { MusterProcess, MusterRun } from "../support/muster-process.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import type { Cleanup } from "../support/test-process.ts";
import { patienceMs, waitUntil } from "../support/wait-until.ts";

const freshApi = sampleApiOfFile();

const token = "only for friends";
const dayMs = 24 * 3_600_000;
const valid = { validFrom: new Date(Date.now() - 10 * dayMs), validTo: new Date(Date.now() + dayMs) };
const expired = { ...valid, validTo: new Date(Date.now() - dayMs) };
const authorityOf = (commonName: string) => issueCertificate({ commonName, purpose: "authority", ...valid });
const hosts = ["127.0.0.1"];

/** What `muster certs` makes, and what others have or once had. */
async function certificates(t: Cleanup): Promise<{ path: (name: string) => string; authority: Issued }> {
  const authority = authorityOf("ours");
  const foreign = authorityOf("theirs");
  const worker = { commonName: "worker", purpose: "worker", ...valid } as const;
  const master = { commonName: "master", purpose: "master", hosts, ...valid } as const;
  const issued = {
    ca: authority,
    master: issueCertificate(master, authority),
    "expired-master": issueCertificate({ ...master, ...expired }, authority),
    "other-master": issueCertificate({ ...master, hosts: ["master.example"] }, authority),
    worker: issueCertificate(worker, authority),
    expired: issueCertificate({ ...worker, ...expired }, authority),
    foreign: issueCertificate(worker, foreign),
  };
  const files = Object.entries(issued).flatMap(([name, { certificate, key }]) => [
    [`${name}.pem`, certificate.toString()],
    [`${name}-key.pem`, key.export({ type: "pkcs8", format: "pem" }).toString()],
  ]);
  const folder = await temporaryFolder(t, Object.fromEntries(files));
  return { path: (name) => join(folder, `${name}.pem`), authority };
}

/** The flags of a side. */
function flags(path: (name: string) => string, name: string | null): string[] {
  const own = name === null ? [] : [`--tls-cert=${path(name)}`, `--tls-key=${path(`${name}-key`)}`];
  return [...own, `--tls-ca=${path("ca")}`];
}

/** The serial number of the certificate that a server presents. */
async function presented(port: number): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
  socket.on("error", () => {});
  try {
    return await waitUntil("a certificate", () => socket.getPeerX509Certificate()?.serialNumber);
  } finally {
    socket.destroy();
  }
}

test("a master accepts workers with a certificate of its authority only, and renews its own while it runs", async (t) => {
  const api = await freshApi();
  const { path, authority } = await certificates(t);
  const words = ["master", fixture("visitors"), `--host=${api.url}`, "--master-bind-port=0", "--expect-workers=2"];
  const master = await MusterRun.start(t, [...words, ...flags(path, "master")], { MUSTER_TOKEN: token });
  const port = await master.masterPort();

  for (const [what, name, says] of [
    ["no certificate", null, "the worker sent none (--tls-cert)"],
    ["an expired certificate", "expired", "it has expired"],
    ["a certificate of another authority", "foreign", "no authority of the master has signed it"],
    ["the certificate of a master", "master", "it is not for a TLS client"],
  ] as const) {
    await t.test(`${what}: one line on both sides`, async (t) => {
      const worker = startWorker(t, port, token, ...flags(path, name));
      assert.deepEqual(await worker.ended(), { code: 104, signal: null });
      assert.equal(worker.saidLines.length, 1);
      const line = `muster: the master refused this worker: the certificate of the worker is not accepted: ${says}`;
      assert.ok(worker.saidLines.join().startsWith(line), worker.stderr);
      const logged = master.stderr
        .split("\n")
        .filter((line) => line.includes(`refused a worker: certificate: 127.0.0.1: ${says}`));
      assert.equal(logged.length, 1, master.stderr);
    });
  }

  await t.test("the token counts as before", async (t) => {
    const worker = startWorker(t, port, "a wrong one", ...flags(path, "worker"));
    assert.deepEqual(await worker.ended(), { code: 104, signal: null });
    assert.match(worker.saidLines.join(), /the token is wrong or missing \(token\)$/);
  });

  await t.test("a renewed certificate is presented without a restart; one that cannot be used is not", async () => {
    const before = await presented(port);
    await writeFile(path("master"), "not a certificate");
    await waitUntil("the warning", () => /the certificates have changed, and cannot be used/.test(master.stderr));
    assert.equal(await presented(port), before);
    const renewed = issueCertificate({ commonName: "renewed", purpose: "master", hosts, ...valid }, authority);
    // The key first: for a while the two files do not belong together.
    await writeFile(path("master-key"), renewed.key.export({ type: "pkcs8", format: "pem" }));
    await writeFile(path("renewed"), renewed.certificate.toString());
    await rename(path("renewed"), path("master"));
    await waitUntil(
      "the renewed certificate",
      async () => (await presented(port)) === renewed.certificate.serialNumber,
    );
  });

  await t.test("workers with a certificate carry out the run, children too", async (t) => {
    const workers = startWorker(t, port, token, "--processes=2", ...flags(path, "worker"));
    const { code, result } = await master.finished();
    assertPassed(code, result);
    await assertExact(result, api);
    assert.deepEqual(await workers.ended(), { code: 0, signal: null });
  });
});

for (const [[name, says], declare] of casesByDepth(1, [
  ["foreign", /certificate is not trusted: .* \(--tls-ca\)$/],
  ["expired-master", /certificate is not trusted: certificate has expired \(--tls-ca\)$/],
  ["other-master", /certificate is not trusted: .*does not match certificate's altnames.* \(--tls-ca\)$/],
] as const)) {
  declare(
    `a worker refuses a master with the certificate "${name}"`,
    async (t) => {
      const { path } = await certificates(t);
      const words = ["master", fixture("visitors"), "--host=http://127.0.0.1:9", "--master-bind-port=0"];
      const tls = [`--tls-cert=${path(name)}`, `--tls-key=${path(`${name}-key`)}`];
      const master = await MusterRun.start(t, [...words, ...tls], { MUSTER_TOKEN: token });
      const worker = startWorker(t, await master.masterPort(), token, `--tls-ca=${path("ca")}`);
      assert.deepEqual(await worker.ended(), { code: 104, signal: null });
      assert.equal(worker.saidLines.length, 1);
      assert.match(worker.saidLines.join(), says);
      master.kill("SIGTERM");
      await master.ended();
    },
    { timeout: patienceMs },
  );
}

test("muster certs makes what a master and a worker can use, and renews it with the same authority", async (t) => {
  const folder = await temporaryFolder(t);
  const made = new MusterProcess(t, ["certs", `--out=${folder}`, "--host=127.0.0.1", "--days=2"]);
  assert.deepEqual(await made.ended(), { code: 0, signal: null });
  assert.match(made.stdout, /^Made certificates for 127\.0\.0\.1, valid for 2 days\.\n/);
  const path = (name: string) => join(folder, `${name}.pem`);
  const words = [
    "master",
    fixture("visitors"),
    "--host=http://127.0.0.1:9",
    "--master-bind-port=0",
    "--expect-workers=2",
  ];
  const master = await MusterRun.start(t, [...words, ...flags(path, "master")], { MUSTER_TOKEN: token });
  const port = await master.masterPort();
  const before = await presented(port);
  startWorker(t, port, token, ...flags(path, "worker"));
  await waitUntil("it has joined", () => /worker joined/.test(master.stderr));
  const renewed = new MusterProcess(t, ["certs", `--out=${folder}`, "--host=127.0.0.1"]);
  assert.deepEqual(await renewed.ended(), { code: 0, signal: null });
  assert.match(renewed.stdout, /^Renewed certificates/);
  const tooLong = new MusterProcess(t, ["certs", `--out=${folder}`, "--host=127.0.0.1", "--days=5000"]);
  assert.deepEqual(await tooLong.ended(), { code: 104, signal: null });
  assert.match(tooLong.stderr, /the authority in .* is valid until .*: choose fewer --days, or another folder/);
  await waitUntil("the renewed certificate", async () => (await presented(port)) !== before);
  assert.doesNotMatch(master.stderr, /cannot be used/);
  master.kill("SIGTERM");
  await master.ended();
});
