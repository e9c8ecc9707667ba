import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { patienceMs } from "../../support/wait-until.ts";
import { TestClient, withTimeout } from "./fixture.ts";

/**
 * Answers after 20 ms, in a process of its own, so that it goes on while this one is busy. Writes a file when its second answer is on
 * its way.
 */
const serverWriting = (file: string) => `
  let answers = 0;
  const sent = () => ++answers === 2 && require("node:fs").writeFileSync(${JSON.stringify(file)}, "");
  const respond = (_, response) => setTimeout(() => response.end("in time", sent), 20);
  const server = require("node:http").createServer(respond);
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;

test("an answer that came in time while the process was busy is no timeout", withTimeout, async (t) => {
  const answered = join(await temporaryFolder(t), "answered");
  const child = spawn(process.execPath, ["-e", serverWriting(answered)], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [port] = (await once(child.stdout, "data", { signal: AbortSignal.timeout(patienceMs) })) as [Buffer];
    using client = new TestClient(`http://127.0.0.1:${port.toString().trim()}`);
    await client.http.get("/");
    const late = client.http.get("/", { timeout: "200ms" });
    // It is sent at the end of this turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    const [busyUntilMs, giveUpAtMs] = [performance.now() + 400, performance.now() + patienceMs / 3];
    // The other process may have to wait for its CPU.
    while (performance.now() < busyUntilMs || (!existsSync(answered) && performance.now() < giveUpAtMs));
    assert.deepEqual([(await late).error, (await late).text()], [null, "in time"]);
  } finally {
    child.kill();
  }
});
