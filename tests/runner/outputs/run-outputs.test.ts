import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pino } from "pino";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { Master } from "../../../src/master/master.ts";
import { WorkerServer } from "../../../src/master/workers/worker-server.ts";
import { resultOf } from "../../../src/report/result/result-of.ts";
import { type Result, resultSchema } from "../../../src/report/result/result-schema.ts";
import { streamLineSchema } from "../../../src/report/result/stream-schema.ts";
import { GithubOutput } from "../../../src/runner/outputs/github-output.ts";
import { ReportFilesOutput } from "../../../src/runner/outputs/report-files-output.ts";
import type { ReportSource, RunOutput, StartedRun } from "../../../src/runner/outputs/run-output.ts";
import { RunOutputs } from "../../../src/runner/outputs/run-outputs.ts";
import { StreamOutput } from "../../../src/runner/outputs/stream-output.ts";
import { RecordedSource } from "../../../src/runner/recorded-source.ts";
import { defineRun } from "../../../src/runner/run-definition.ts";
import type { RunOptions } from "../../../src/runner/run-options.ts";
import { liveRunData } from "../../../src/runner/run-result.ts";
import { RunStores } from "../../../src/runner/run-stores.ts";
import { RunTotals } from "../../../src/stats/run-totals.ts";
import { UsersBySecond } from "../../../src/stats/users-by-second.ts";
import { fixture } from "../../support/fixture.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import type { Cleanup } from "../../support/test-process.ts";
import { waitUntil } from "../../support/wait-until.ts";

/** A run whose master has been started, and to which no worker has come. */
async function startedRun(t: Cleanup, folder: string): Promise<StartedRun & { readonly source: () => ReportSource }> {
  const stores = new RunStores({ store: true, dataDir: join(folder, "data") });
  const timeouts = { stopTimeout: 1_000, workerTimeout: 10_000, orphanTimeout: 60_000, stallLimit: 100 };
  const policies = { onWorkerLoss: "rebalance", minWorkers: 1, onWorkerStrain: "invalid", engine: "own" };
  const options = { ...timeouts, ...policies, host: "http://127.0.0.1:9" } as unknown as RunOptions;
  const request = { args: [fixture("visitors")], options, expectWorkers: 1, expectWorkersMaxWaitMs: 1_000 };
  const definition = await defineRun({ ...request, resume: null }, stores);
  const log = pino({ level: "silent" });
  const server = new WorkerServer({ host: "127.0.0.1", port: 0, token: "", log });
  const master = new Master({ ...definition, listener: server, acceptsMoreRuns: false, log });
  const { store, runId } = definition;
  const source = () => new RecordedSource(store, runId, resultOf(liveRunData(definition, master.outcomeSoFar)));
  t.after(() => {
    master.close();
    stores.close();
  });
  return { definition, master, source };
}

/** Reports a second, as workers do, and closes its window. */
function reportSecond({ master }: StartedRun, startMs: number): void {
  const { recent } = master.collector;
  recent.add({ startMs, widthMs: 1_000, totals: new RunTotals(), users: new UsersBySecond() });
  recent.close(startMs + 1_000);
}

/** Writes down each call that it gets. */
class CallLog implements RunOutput {
  readonly name: string;
  readonly #calls: string[];

  constructor(name: string, calls: string[]) {
    this.name = name;
    this.#calls = calls;
  }

  async begin({ definition }: StartedRun): Promise<void> {
    await Promise.resolve();
    this.#calls.push(`${this.name}: begin ${definition.testName}`);
  }

  window({ startMs }: { readonly startMs: number }): void {
    this.#calls.push(`${this.name}: window ${startMs}`);
  }

  event({ kind }: { readonly kind: string }): void {
    this.#calls.push(`${this.name}: event ${kind}`);
  }

  async finish({ result }: ReportSource): Promise<void> {
    await Promise.resolve();
    this.#calls.push(`${this.name}: finish ${result.run.test}`);
  }

  close(): void {
    this.#calls.push(`${this.name}: close`);
  }
}

/** A logger that keeps its warnings. */
function warnings(): { readonly log: pino.Logger; readonly lines: string[] } {
  const lines: string[] = [];
  const write = (line: string) => lines.push((JSON.parse(line) as { msg: string }).msg);
  return { log: pino({ level: "warn" }, { write }), lines };
}

test("outputs are called in their order, with the events of a second before its window", async (t) => {
  const run = await startedRun(t, await temporaryFolder(t));
  const { log, lines } = warnings();
  const calls: string[] = [];
  const outputs = new RunOutputs([new CallLog("a", calls), new CallLog("b", calls)], log);
  await outputs.begin(run);
  assert.deepEqual(calls.splice(0), ["a: begin visitors", "b: begin visitors"]);

  run.master.noteReset();
  reportSecond(run, 0);
  assert.deepEqual(calls.splice(0), [
    "a: event statistics-reset",
    "b: event statistics-reset",
    "a: window 0",
    "b: window 0",
  ]);
  // Between two windows too.
  run.master.noteReset();
  await waitUntil("the event", () => calls.length === 2);
  assert.deepEqual(calls.splice(0), ["a: event statistics-reset", "b: event statistics-reset"]);

  run.master.noteReset();
  await outputs.finish(run.source());
  reportSecond(run, 1_000);
  assert.deepEqual(calls.splice(0), [
    "a: event statistics-reset",
    "b: event statistics-reset",
    "a: finish visitors",
    "b: finish visitors",
  ]);
  outputs.close();
  assert.deepEqual([calls, lines], [["a: close", "b: close"], []]);
});

for (const method of ["begin", "window", "event", "finish"] as const) {
  test(`an output whose ${method} throws is warned of once and closed, and the others get everything`, async (t) => {
    const run = await startedRun(t, await temporaryFolder(t));
    const { log, lines } = warnings();
    const calls: string[] = [];
    const broken = new CallLog("broken", []);
    broken[method] = () => {
      calls.push(`broken: ${method}`);
      throw new Error("no route to host");
    };
    broken.close = () => calls.push("broken: close");
    const outputs = new RunOutputs([broken, new CallLog("other", calls)], log);
    await outputs.begin(run);
    for (const second of [0, 1]) {
      run.master.noteReset();
      reportSecond(run, second * 1_000);
    }
    await outputs.finish(run.source());
    outputs.close();
    const ofBroken = calls.filter((call) => call.startsWith("broken"));
    assert.deepEqual(ofBroken, [`broken: ${method}`, "broken: close"]);
    assert.deepEqual(
      calls.filter((call) => call.startsWith("other")).map((call) => call.split(" ")[1]),
      ["begin", "event", "window", "event", "window", "finish", "close"],
    );
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? "", /^broken .*: no route to host$/);
  });
}

test("outputs settle at the same time, what they warn of keeps their order, and one that cannot is warned of", async (t) => {
  const run = await startedRun(t, await temporaryFolder(t));
  const { log, lines } = warnings();
  const calls: string[] = [];
  const both = Promise.withResolvers<void>();
  const settling = (name: string, settle: () => Promise<readonly string[]>) =>
    Object.assign(new CallLog(name, calls), { settle });
  const first = settling("first", async () => {
    await both.promise;
    return ["first: 2 of 3"];
  });
  const second = settling("second", () => {
    both.resolve();
    return Promise.resolve(["second: 1 of 3"]);
  });
  const broken = settling("broken", () => Promise.reject(new Error("no route to host")));
  const outputs = new RunOutputs([first, broken, second, new CallLog("other", calls)], log);
  await outputs.begin(run);
  run.master.noteReset();
  calls.length = 0;
  assert.deepEqual(await outputs.settle(run.source()), ["first: 2 of 3", "second: 1 of 3"]);
  assert.match(lines[0] ?? "", /^broken .*: no route to host$/);
  assert.deepEqual(
    calls.splice(0),
    ["first", "broken", "second", "other"].map((name) => `${name}: event statistics-reset`),
  );
  await outputs.finish(run.source());
  assert.deepEqual(
    calls,
    ["first", "second", "other"].map((name) => `${name}: finish visitors`),
  );
  outputs.close();
});

test("a required output that fails fails the run, when the others have finished", async (t) => {
  const run = await startedRun(t, await temporaryFolder(t));
  const { log, lines } = warnings();
  const calls: string[] = [];
  const required = Object.assign(new CallLog("required", []), {
    isRequired: true,
    finish: () => Promise.reject(new ConfigurationError("the disk is full")),
  });
  const outputs = new RunOutputs([required, new CallLog("other", calls)], log);
  await outputs.begin(run);
  await assert.rejects(outputs.finish(run.source()), /^ConfigurationError: the disk is full$/);
  outputs.close();
  assert.deepEqual([calls.slice(1), lines], [["other: finish visitors", "other: close"], []]);
});

test("a required output that cannot begin fails the run before its load", async (t) => {
  const run = await startedRun(t, await temporaryFolder(t));
  const calls: string[] = [];
  const begin = () => Promise.reject(new ConfigurationError("no such host"));
  const required = Object.assign(new CallLog("required", calls), { isRequired: true, begin });
  const outputs = new RunOutputs([new CallLog("first", calls), required], warnings().log);
  await assert.rejects(outputs.begin(run), /no such host/);
  outputs.close();
  assert.deepEqual(calls, ["first: begin visitors", "first: close", "required: close"]);
});

test("the stream, the report files and the summary of a GitHub job are of the same run", async (t) => {
  const folder = await temporaryFolder(t);
  const [stream, json, csv, summary] = ["run.ndjson", "result.json", "run", "summary.md"].map((name) =>
    join(folder, name),
  );
  const options = { stream, json, csv } as { stream: string; json: string; csv: string };
  const run = await startedRun(t, folder);
  const { log, lines } = warnings();
  const list = [
    new StreamOutput(options.stream, options),
    new GithubOutput({ GITHUB_STEP_SUMMARY: summary }),
    new ReportFilesOutput(options),
  ];
  const outputs = new RunOutputs(list, log);
  await outputs.begin(run);
  reportSecond(run, 0);
  run.master.noteReset();
  using source = run.source() as RecordedSource;
  await outputs.finish(source);
  outputs.close();

  assert.deepEqual(lines, []);
  const streamed = readFileSync(options.stream, "utf8").trimEnd().split("\n");
  const parsed = streamed.map((line) => streamLineSchema.parse(JSON.parse(line)));
  assert.deepEqual(
    parsed.map(({ type }) => type),
    ["run", "window", "event", "result"],
  );
  const result: Result = resultSchema.parse(JSON.parse(readFileSync(options.json, "utf8")));
  assert.deepEqual(result, source.result);
  assert.deepEqual(parsed.at(-1), { type: "result", result });
  assert.ok(existsSync(`${options.csv}_stats_history.csv`));
  assert.match(readFileSync(summary ?? "", "utf8"), /visitors/);
});

test("a run that could not begin is passed to the outputs that have no begin", async (t) => {
  const folder = await temporaryFolder(t);
  const options = { stream: join(folder, "run.ndjson"), json: join(folder, "result.json") };
  const run = await startedRun(t, folder);
  const outputs = new RunOutputs(
    [new StreamOutput(options.stream, options), new ReportFilesOutput(options)],
    warnings().log,
  );
  await outputs.finish(run.source());
  outputs.close();
  assert.deepEqual([existsSync(options.stream), existsSync(options.json)], [false, true]);
});

test("a report file that cannot be written: the others are, and say so with the exit code of the process", {
  skip: !existsSync("/dev/full"),
}, async (t) => {
  const folder = await temporaryFolder(t);
  const options = { stream: join(folder, "run.ndjson"), json: join(folder, "result.json"), junit: "/dev/full" };
  const run = await startedRun(t, folder);
  const list = [new ReportFilesOutput(options), new StreamOutput(options.stream, options)];
  const outputs = new RunOutputs(list, warnings().log);
  await outputs.begin(run);
  const problem = await outputs.finish(run.source()).catch((error: ConfigurationError) => error);
  outputs.close();
  assert.match(String(problem?.message), /^--junit cannot be written to \/dev\/full: ENOSPC/);
  const result: Result = resultSchema.parse(JSON.parse(readFileSync(options.json, "utf8")));
  assert.equal(result.exitCode, problem?.exitCode);
  assert.equal(result.warnings.at(-1), problem?.message);
  const last = readFileSync(options.stream, "utf8").trimEnd().split("\n").at(-1) ?? "";
  assert.deepEqual(JSON.parse(last), { type: "result", result });
});

test("a stream without its last line is renamed", async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, "run.ndjson");
  const stream = new StreamOutput(path, { stream: path });
  stream.begin(await startedRun(t, folder));
  await waitUntil("the file", () => existsSync(path));
  stream.close();
  assert.deepEqual([existsSync(path), existsSync(`${path}.incomplete`)], [false, true]);
});

test("the stream of a resumed run keeps what the killed master has written", async (t) => {
  const folder = await temporaryFolder(t, { "run.ndjson": '{"type":"window"}\n' });
  const path = join(folder, "run.ndjson");
  const stream = new StreamOutput(path, { stream: path, json: "-" });
  const { definition, master, source } = await startedRun(t, folder);
  const restored = {} as NonNullable<StartedRun["definition"]["restored"]>;
  stream.begin({ definition: { ...definition, restored }, master });
  await stream.finish(source());
  stream.close();
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).type),
    ["window", "run", "result"],
  );
});

test("a stream that cannot be written is warned of, and the run goes on", {
  skip: !existsSync("/dev/full"),
}, async (t) => {
  const run = await startedRun(t, await temporaryFolder(t));
  const { log, lines } = warnings();
  const outputs = new RunOutputs([new StreamOutput("/dev/full", { stream: "/dev/full" })], log);
  await outputs.begin(run);
  let second = 0;
  await waitUntil("the warning", () => {
    reportSecond(run, second++ * 1_000);
    return lines.length > 0;
  });
  await outputs.finish(run.source());
  outputs.close();
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /^--stream \/dev\/full .*ENOSPC/);
});
