import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { TestProcess } from "../support/test-process.ts";
import { TestServer, withTimeout } from "./http/fixture.ts";

const script = fileURLToPath(new URL("exhausted-process.ts", import.meta.url));
const reserveScript = fileURLToPath(new URL("descriptor-reserve-process.ts", import.meta.url));

test(
  "without a file descriptor requests fail by kind, health is told, and a reserve helps out",
  withTimeout,
  async (t) => {
    await using server = await TestServer.http((_, response) => response.end("ok"));
    const limited = ["bash", "-c", 'ulimit -n 100; exec "$0" "$@"'];
    const child = new TestProcess(t, [script, server.url], {}, undefined, limited);
    const { code } = await child.ended();
    assert.equal(code, 0, child.stderr);
    const { rssBytes, fileDescriptors, failed, ...told } = JSON.parse(child.stdout) as Record<string, unknown>;
    assert.deepEqual(told, { fileDescriptorLimit: 100, released: 200, imported: "function" });
    // One with a higher number may be inherited.
    assert.ok(Number(fileDescriptors) >= 100 && Number(rssBytes) > 1e6, child.stdout);
    const outOfFiles = { kind: "generator", message: "EMFILE: the generator had no file descriptor left" };
    assert.deepEqual(failed, [outOfFiles, outOfFiles, outOfFiles]);
  },
);

test("a reserve that is larger than the limit leaves half of the descriptors to others", withTimeout, async (t) => {
  const limited = ["bash", "-c", 'ulimit -n 64; exec "$0" "$@"'];
  const child = new TestProcess(t, [reserveScript], {}, undefined, limited);
  const { code } = await child.ended();
  assert.equal(code, 0, child.stderr);
  const { all, beside, released } = JSON.parse(child.stdout) as Record<string, number>;
  assert.equal(beside, Math.ceil(Number(all) / 2));
  assert.equal(released, all);
});
