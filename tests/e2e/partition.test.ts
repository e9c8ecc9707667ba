import assert from "node:assert/strict";
import { canMakeNamespaces } from "../../scripts/optional-tools.ts";
import { eventKindsOf } from "../support/assert-passed.ts";
import { deepTest } from "../support/depth.ts";
import { fixture } from "../support/fixture.ts";
import { HitServer } from "../support/hit-server.ts";
import { MusterProcess, MusterRun } from "../support/muster-process.ts";
import { Network } from "../support/network.ts";
import type { Cleanup } from "../support/test-process.ts";
import { waitUntil } from "../support/wait-until.ts";

const skip = (await canMakeNamespaces()) ? false : "network namespaces cannot be made here";

async function stage(t: Cleanup, ...flags: string[]) {
  const network = await Network.create(t);
  const server = await HitServer.start(t, network.serviceAddress, network.site);
  const env = { MUSTER_TOKEN: "secret" };
  const words = [
    "master",
    fixture("hitters"),
    `--host=${server.url}`,
    "--master-bind-host=0.0.0.0",
    "--master-bind-port=0",
    "--expect-workers=2",
    ...flags,
  ];
  const master = await MusterRun.start(t, words, env, network.site);
  const port = await master.masterPort();
  const far = [`--master-host=${network.masterAddress}`, `--master-port=${port}`];
  const remote = new MusterProcess(t, ["worker", ...far, "--connect-timeout=30s"], { env, through: network.worker });
  const near = [`--master-host=${network.masterAddress}`, `--master-port=${port}`];
  new MusterProcess(t, ["worker", ...near], { env, through: network.site });
  await waitUntil("load of both", async () => {
    const hits = await server.hitsOverSignal();
    return hits.size === 2 && [...hits.values()].every((times) => times.length > 50);
  });
  return { network, server, master, remote };
}

deepTest(
  "a worker without its master for longer than --worker-timeout, that still reaches the service: nothing lost, nothing twice",
  async (t) => {
    const { network, server, master, remote } = await stage(t, "--run-time=10m", "--worker-timeout=4s");
    await network.cut();
    const hitsOfRemote = async () => ((await server.hitsOverSignal()).get(String(remote.pid)) ?? []).length;
    await waitUntil("the loss", () => master.log.some(({ msg }) => msg.startsWith("lost worker")));
    const before = await hitsOfRemote();
    await waitUntil("its load goes on", async () => (await hitsOfRemote()) > before);
    await network.mend();
    const after = await hitsOfRemote();
    await waitUntil("some seconds of its load", async () => (await hitsOfRemote()) > after + 600);
    master.kill("SIGTERM");
    const { code, result } = await master.finished();

    assert.equal(code, 105, String(result.reasons));
    const served = [...(await server.hitsOverSignal()).values()].reduce((sum, times) => sum + times.length, 0);
    assert.equal(result.total.requests, served);
    assert.deepEqual([result.ledger.missing, result.ledger.duplicates], [[], 0]);
    assert.deepEqual(eventKindsOf(result), ["worker-lost", "worker-returned"], "4 s without a word, and then back");
    assert.deepEqual(
      result.workers.map(({ lost, users }) => [lost, users]),
      [
        [false, 6],
        [false, 6],
      ],
    );
  },
  { skip },
);

deepTest(
  "longer than --orphan-timeout: the worker's load stops on time; what it had measured is kept and counted",
  async (t) => {
    const { network, server, master, remote } = await stage(t, "--run-time=13s", "--orphan-timeout=2s");
    const cutAt = Date.now();
    await network.cut();
    await waitUntil("the end of its load", async () => {
      const last = Math.max(...((await server.hitsOverSignal()).get(String(remote.pid)) ?? []));
      return Date.now() - last > 2_000;
    });
    const last = Math.max(...((await server.hitsOverSignal()).get(String(remote.pid)) ?? []));
    assert.ok(last - cutAt > 500 && last - cutAt < 3_000, `its last request came ${last - cutAt} ms after the cut`);
    await network.mend();
    const { code, result } = await master.finished();

    // Its users were missing until others took them over.
    assert.ok(code === 0 || code === 110, String(result.reasons));
    const missing = /^[\d.]+ % of the planned load was not generated .*\(it had been without a master for too long\)/;
    if (code === 110) assert.match(String(result.reasons), missing);
    const served = [...(await server.hitsOverSignal()).values()].reduce((sum, times) => sum + times.length, 0);
    assert.equal(result.total.requests, served);
    assert.deepEqual(result.ledger.missing, []);
    assert.match(result.warnings.join(), /had been without a master for too long/);
    // Told to quit, as it has nothing more to deliver.
    assert.deepEqual(await remote.ended(), { code: 0, signal: null });
  },
  {
    skip,
  },
);
