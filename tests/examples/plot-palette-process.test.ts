import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readOptions } from "../../examples/plot-palette/api/options.ts";
import { patienceMs } from "../support/wait-until.ts";

const MAIN = fileURLToPath(new URL("../../examples/plot-palette/api/main.ts", import.meta.url));

describe("plot palette api process", () => {
  const processes = new Set<ChildProcess>();
  after(() => {
    for (const each of processes) each.kill("SIGKILL");
  });

  function start(args: string[], env: Record<string, string> = {}) {
    const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, ...env } });
    processes.add(child);
    const output = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk) => {
      output.stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      output.stderr += chunk;
    });
    return { child, output, closed: once(child, "close") };
  }

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it(`prints one line, serves, and stops on ${signal} while a request waits`, { timeout: patienceMs }, async () => {
      const env = { PLOT_PALETTE_PORT: "0", PLOT_PALETTE_MISBEHAVE: '{"latencyMs":3600000}' };
      const { child, output, closed } = start([], env);
      await once(child.stdout, "data");
      const url = /^plot-palette api listening on (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(output.stdout)?.[1];
      assert.ok(url, output.stdout);
      assert.equal((await fetch(`${url}/health`)).status, 200);
      const waiting = assert.rejects(fetch(`${url}/jobs`));
      await sleep(50);
      child.kill(signal);
      assert.deepEqual(await closed, [0, null]);
      await waiting;
      assert.equal(output.stdout.split("\n").length, 2);
      assert.equal(output.stderr, "");
    });
  }

  describe("refusing to start", { concurrency: true }, () => {
    it("says that the port is in use", async () => {
      const other = createServer().listen(0, "127.0.0.1");
      await once(other, "listening");
      const { port } = other.address() as AddressInfo;
      const { output, closed } = start(["--port", String(port)]);
      assert.deepEqual(await closed, [1, null]);
      assert.equal(output.stderr, `plot-palette api: port ${port} is in use already; choose another one with --port\n`);
      assert.equal(output.stdout, "");
      other.close();
    });

    it("names an unknown misbehaviour", async () => {
      const { output, closed } = start(["--port", "0"], { PLOT_PALETTE_MISBEHAVE: '{"latency":1}' });
      assert.deepEqual(await closed, [1, null]);
      assert.match(output.stderr, /^plot-palette api: there is no misbehaviour "latency"; .*\n$/);
    });
  });
});

describe("plot palette api options", () => {
  it("takes flags before the environment before defaults", () => {
    const env = {
      PLOT_PALETTE_PORT: "8100",
      PLOT_PALETTE_ADMIN_TOKEN: "secret",
      PLOT_PALETTE_MISBEHAVE: '{"leak":{}}',
    };
    const fromEnv = { port: 8_100, adminToken: "secret", misbehave: { leak: {} } };
    assert.deepEqual(readOptions([], env), fromEnv);
    assert.deepEqual(readOptions(["--port", "0", "--host", "::1"], env), { ...fromEnv, port: 0, host: "::1" });
    assert.deepEqual(readOptions([], {}), { port: 8_000 });
    assert.equal(readOptions(["--help"], {}), undefined);
  });

  it("refuses what it does not understand", () => {
    assert.throws(() => readOptions(["--prot", "1"], {}), /--prot/);
    assert.throws(() => readOptions(["--port", "x"], {}), /port must be a number from 0 to 65535, not "x"/);
    assert.throws(() => readOptions([], { PLOT_PALETTE_PORT: "65536" }), /not "65536"/);
    assert.throws(() => readOptions([], { PLOT_PALETTE_MISBEHAVE: "{" }), /PLOT_PALETTE_MISBEHAVE is not valid JSON/);
  });
});
