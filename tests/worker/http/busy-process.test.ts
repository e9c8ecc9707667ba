import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { patienceMs } from "../../support/wait-until.ts";
import { TestClient, withTimeout } from "./fixture.ts";

/** Answers after 20 ms, in a process of its own, so that it goes on while this one is busy. */
const server = `
  const server = require("node:http").createServer((_, response) => setTimeout(() => response.end("in time"), 20));
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;

test("an answer that came in time while the process was busy is no timeout", withTimeout, async () => {
  const child = spawn(process.execPath, ["-e", server], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [port] = (await once(child.stdout, "data", { signal: AbortSignal.timeout(patienceMs) })) as [Buffer];
    using client = new TestClient(`http://127.0.0.1:${port.toString().trim()}`);
    await client.http.get("/");
    const late = client.http.get("/", { timeout: "200ms" });
    const busyUntilMs = performance.now() + 400;
    while (performance.now() < busyUntilMs);
    assert.deepEqual([(await late).error, (await late).text()], [null, "in time"]);
  } finally {
    child.kill();
  }
});
