import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import type { Result } from "../../src/report/result/result-schema.ts";
import { assertPassed } from "../support/assert-passed.ts";
import { deepTest } from "../support/depth.ts";
import { startWorker } from "../support/distributed.ts";
import { assertExact } from "../support/exactness.ts";
import { fixture } from "../support/fixture.ts";
import { completedRun, MusterProcess, MusterRun } from "../support/muster-process.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import type { Cleanup } from "../support/test-process.ts";
import { patienceMs } from "../support/wait-until.ts";
import { selfSigned } from "../worker/http/self-signed.ts";

const freshApi = sampleApiOfFile();

const token = "only for friends";

async function certificates(t: Cleanup): Promise<(name: string) => string> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const folder = await temporaryFolder(t, {
    "cert.pem": selfSigned.cert,
    "key.pem": selfSigned.key,
    "other-key.pem": privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  });
  return (name) => join(folder, name);
}

deepTest("master and workers over TLS: workers must trust the master, and nobody comes without", async (t) => {
  const api = await freshApi();
  const file = await certificates(t);
  const words = ["master", fixture("visitors"), `--host=${api.url}`, "--master-bind-port=0", "--expect-workers=2"];
  const tls = [`--tls-cert=${file("cert.pem")}`, `--tls-key=${file("key.pem")}`];
  const master = await MusterRun.start(t, [...words, ...tls], { MUSTER_TOKEN: token });
  const port = await master.masterPort();

  await t.test("a worker that does not trust the certificate ends with 104 and one line", async (t) => {
    const worker = startWorker(t, port, token, "--tls");
    assert.deepEqual(await worker.ended(), { code: 104, signal: null });
    assert.match(
      worker.saidLines.join(),
      /^muster: wss:\/\/127\.0\.0\.1:\d+ is not a muster master: its certificate is not trusted: self.signed certificate \(--tls-ca\)$/,
    );
  });

  await t.test("a worker without TLS does not get in", async (t) => {
    const worker = startWorker(t, port, token, "--connect-timeout=1s");
    assert.deepEqual(await worker.ended(), { code: 103, signal: null });
    assert.match(worker.saidLines.join(), /^muster: no master at ws:/);
  });

  await t.test("the token counts as before", async (t) => {
    const worker = startWorker(t, port, "a wrong one", `--tls-ca=${file("cert.pem")}`);
    assert.deepEqual(await worker.ended(), { code: 104, signal: null });
    assert.match(worker.saidLines.join(), /the token is wrong or missing/);
  });

  await t.test("workers that trust it carry out the run, children too", async (t) => {
    const workers = startWorker(t, port, token, "--processes=2", `--tls-ca=${file("cert.pem")}`);
    const { code, result } = await master.finished();
    assertPassed(code, result);
    assert.equal(result.workers.length, 2);
    await assertExact(result, api);
    assert.deepEqual(await workers.ended(), { code: 0, signal: null });
  });
});

deepTest(
  "a service's certificate is trusted as the variables of Node.js say, by local workers and by others",
  async (t) => {
    const file = await certificates(t);
    const folder = await temporaryFolder(t, {
      "test.ts": `import { defineTest, defineUser, iterations } from "muster-load";
const user = defineUser({ name: "User", tasks: { ask: (vu) => vu.http.get("/") } });
export default defineTest({ users: [user], load: iterations({ users: 1, total: 2 }) });
`,
    });
    const oneUser = join(folder, "test.ts");
    const service = createHttpsServer(selfSigned, (_, response) => response.end("ok"));
    service.listen(0, "127.0.0.1");
    await once(service, "listening", { signal: AbortSignal.timeout(patienceMs) });
    t.after(() => service.close().closeAllConnections());
    const host = `--host=https://127.0.0.1:${(service.address() as AddressInfo).port}`;
    const failuresOf = ({ total, errors }: Result) => [total.requests > 0, errors.map(({ kind }) => kind)];

    await t.test("not at all without them", async (t) => {
      const { result } = await completedRun(t, [oneUser, host]);
      assert.deepEqual(failuresOf(result), [true, ["tls"]]);
    });

    await t.test("local workers have those of the command", async (t) => {
      const { result } = await completedRun(t, [oneUser, host], { NODE_EXTRA_CA_CERTS: file("cert.pem") });
      assert.deepEqual(failuresOf(result), [true, []]);
    });

    await t.test("another worker has its own", async (t) => {
      const words = ["master", oneUser, host, "--master-bind-port=0"];
      const master = await MusterRun.start(t, words, { MUSTER_TOKEN: token });
      const port = String(await master.masterPort());
      const env = { MUSTER_TOKEN: token, NODE_TLS_REJECT_UNAUTHORIZED: "0" };
      new MusterProcess(t, ["worker", `--master-port=${port}`], { env });
      assert.deepEqual(failuresOf((await master.finished()).result), [true, []]);
    });
  },
);

test("a worker over TLS at a master without: 104 and one line", async (t) => {
  const master = await MusterRun.start(t, [
    "master",
    fixture("visitors"),
    "--host=http://127.0.0.1:9",
    "--master-bind-port=0",
  ]);
  const worker = startWorker(t, await master.masterPort(), "", "--tls");
  assert.deepEqual(await worker.ended(), { code: 104, signal: null });
  assert.match(worker.saidLines.join(), /is not a muster master: it does not speak TLS$/);
  master.kill("SIGTERM");
  assert.equal((await master.ended()).code, 105);
});

test("certificates that cannot be used are refused before anything starts", async (t) => {
  const file = await certificates(t);
  const master = ["master", fixture("visitors"), "--host=http://127.0.0.1:9"];
  const cert = `--tls-cert=${file("cert.pem")}`;
  const cases: [words: readonly string[], says: RegExp][] = [
    [[...master, cert], /^muster: --tls-cert needs --tls-key$/],
    [[...master, `--tls-key=${file("key.pem")}`], /^muster: --tls-key needs --tls-cert$/],
    [[...master, cert, `--tls-key=${file("other-key.pem")}`], /^muster: --tls-key \S+: not the key of \S+ \(/],
    [[...master, cert, `--tls-key=${file("none.pem")}`], /^muster: --tls-key \S+: ENOENT/],
    [["worker", `--tls-ca=${file("key.pem")}`], /^muster: --tls-ca \S+: contains no certificate in PEM format$/],
  ];
  for (const [words, says] of cases) {
    const muster = new MusterProcess(t, words);
    assert.deepEqual(await muster.ended(), { code: 104, signal: null });
    assert.equal(muster.saidLines.length, 1, muster.stderr);
    assert.match(muster.saidLines.join(), says);
    assert.deepEqual(muster.log, []);
  }
});
