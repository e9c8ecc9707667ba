import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fakeTimeLibrary } from "../../scripts/optional-tools.ts";
import { assertPassed, eventKindsOf, warningsOf } from "../support/assert-passed.ts";
import { deepTest } from "../support/depth.ts";
import { fixture } from "../support/fixture.ts";
import { HitServer } from "../support/hit-server.ts";
import { MusterProcess, MusterRun } from "../support/muster-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { waitUntil } from "../support/wait-until.ts";

const library = fakeTimeLibrary();
const skip = library === null ? "libfaketime is not installed" : false;
const hourMs = 3_600_000;

deepTest(
  "a worker whose wall clock is a day off and jumps by an hour: no rate and no window is different",
  async (t) => {
    const server = await HitServer.start(t);
    const folder = await temporaryFolder(t, { offset: "-86400" });
    const words = ["master", fixture("hitters"), `--host=${server.url}`, "--master-bind-port=0", "--expect-workers=2"];
    const master = await MusterRun.start(t, [...words, "--run-time=8s"]);
    const port = `--master-port=${await master.masterPort()}`;
    const wrong = new MusterProcess(t, ["worker", port], {
      env: {
        LD_PRELOAD: String(library),
        FAKETIME_TIMESTAMP_FILE: join(folder, "offset"),
        FAKETIME_NO_CACHE: "1",
        FAKETIME_DONT_FAKE_MONOTONIC: "1",
        DONT_FAKE_MONOTONIC: "1",
      },
    });
    new MusterProcess(t, ["worker", port]);
    await waitUntil("load of both", async () => (await server.hits()).size === 2 && (await server.total()) > 500);
    await writeFile(join(folder, "offset"), "+3600");
    const { code, result } = await master.finished();

    const clock = new Date(String(wrong.log[0]?.time)).getTime();
    assert.ok(clock < Date.now() - 20 * hourMs, "its clock is wrong indeed");
    assertPassed(code, result);
    const counts = [...(await server.hits()).values()].map((times) => times.length);
    assert.equal(result.total.requests, (counts[0] ?? 0) + (counts[1] ?? 0));
    assert.ok(Math.abs(result.run.durationMs - 8_000) < 60_000, `${result.run.durationMs} ms`);
    const [right = 0, other = 0] = result.workers.map((worker) => worker.requests);
    assert.ok(Math.abs(right - other) < 0.5 * (right + other), `${right} and ${other} requests`);
    assert.deepEqual([eventKindsOf(result), result.ledger.missing, warningsOf(result)], [[], [], []]);
    assert.ok(result.workers.every(({ startSkewMs }) => Math.abs(startSkewMs ?? hourMs) < 60_000));
  },
  { skip },
);
