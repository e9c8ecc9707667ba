import assert from "node:assert/strict";
import { test } from "node:test";
import { IntervalRecorder } from "../../../src/stats/interval-recorder.ts";
import { VirtualUserClient } from "../../../src/worker/http/client.ts";
import { engineNamed } from "../../../src/worker/http/engines.ts";
import { parseBase } from "../../../src/worker/http/request/target.ts";
import { TestServer, withTimeout } from "./fixture.ts";

for (const engine of ["own", "undici"] as const) {
  test(`${engine}: a body that nobody will read is counted, and not kept`, withTimeout, async () => {
    await using server = await TestServer.http((request, response) => {
      response.end("x".repeat(Number(request.url?.slice(1))));
    });
    const recorders = [new IntervalRecorder(), new IntervalRecorder()] as const;
    const userOf = (recorder: IntervalRecorder, keepsBodies: boolean) =>
      new VirtualUserClient(engineNamed(engine), recorder, parseBase(server.url), { keepsBodies });
    const counting = userOf(recorders[0], false);
    const keeping = userOf(recorders[1], true);
    for (const size of [0, 100, 20_000, 3_000_000]) {
      const got = await counting.get(`/${size}`);
      assert.deepEqual([got.status, got.ok, got.headers["content-length"]], [200, true, String(size)]);
      for (const read of [() => got.text(), () => got.json(), () => got.body]) {
        assert.throws(read, { code: "MUSTER_BODY_NOT_KEPT", message: /contains none of `body`, `text` and `json`/ });
      }
      assert.equal((await keeping.get(`/${size}`)).body.length, size);
    }
    const [counted, kept] = recorders.map(({ endpoints }) => endpoints.map(({ bytesIn }) => bytesIn));
    assert.deepEqual(counted, kept);
    assert.ok((counted?.at(-1) ?? 0) > 3_000_000);
    counting.close();
    keeping.close();
  });
}
