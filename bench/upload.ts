// `npm run bench:upload [-- --megabytes=20 --users=100 --more-users=500 --gigabytes=2 --json]`: the peak memory of a worker whose users all
// upload the same file at once, against a process whose users each have a copy of it, and against a worker that does nothing; then that of a
// worker that reads a large response as a stream. One worker process.

import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { MusterRun, scenarioFile } from "./generators/muster-run.ts";
import { BenchError } from "./machine/bench-error.ts";
import { benchOptions, positiveWhole } from "./machine/bench-options.ts";
import { BenchProcess } from "./machine/bench-process.ts";
import { interrupted, runBench, say, wait } from "./machine/bench-run.ts";
import { describeMachine, machineLine } from "./machine/machine.ts";
import { residentBytesOf } from "./machine/process-account.ts";
import { rounded } from "./machine/statistics.ts";
import { TemporaryFolder } from "./machine/temporary-folder.ts";

const megabyte = 1e6;
const endTimeoutMs = 600_000;
const settleSeconds = 3;
const readEverySeconds = 0.05;

const own = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** A server that ends with this. */
class UploadServer implements Disposable {
  readonly url: string;
  readonly #end: () => void;

  private constructor(port: number, end: () => void) {
    this.url = `http://127.0.0.1:${port}`;
    this.#end = end;
  }

  static async start(downloadBytes: number): Promise<UploadServer> {
    const child = fork(own("upload-server.ts"), [String(downloadBytes)], { signal: interrupted });
    child.on("error", () => {
      // It was ended by a signal to the bench.
    });
    const [port] = (await once(child, "message", { signal: interrupted })) as [number];
    return new UploadServer(port, () => child.disconnect());
  }

  [Symbol.dispose](): void {
    this.#end();
  }
}

/** The most memory that a process has had so far; NaN once it has ended. */
async function peakBytesOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/VmHWM:\s+(\d+)/.exec(text)?.[1] ?? Number.NaN) * 1_024;
}

/** Runs a scenario whose users each do their work once, and returns the most memory that its worker has had. */
async function peakOf(
  name: "uploads" | "download",
  url: string,
  env: Readonly<Record<string, string>>,
): Promise<{ peakBytes: number; seconds: number }> {
  await using run = await MusterRun.start(scenarioFile(name), [`--host=${url}`], { env });
  const pid = await run.workerPid();
  let peakBytes = 0;
  for (let bytes = await peakBytesOf(pid); !Number.isNaN(bytes); bytes = await peakBytesOf(pid)) {
    peakBytes = bytes;
    await wait(readEverySeconds);
  }
  const { total, run: facts } = await run.finished(endTimeoutMs);
  if (total.failures > 0 || total.requests === 0) throw new BenchError(`${total.failures} of ${total.requests} failed`);
  return { peakBytes, seconds: (facts.loadMs ?? facts.durationMs) / 1_000 };
}

/** The memory of a worker with one user who does nothing after its first request: the most, and after some seconds. */
async function idleWorker(url: string): Promise<{ peakBytes: number; bytes: number }> {
  await using run = await MusterRun.start(scenarioFile("idle"), [`--host=${url}`, "--profile=idle", "--users=1"], {});
  const pid = await run.workerPid();
  await wait(settleSeconds);
  const [peakBytes, bytes] = [await peakBytesOf(pid), await residentBytesOf(pid)];
  run.stop();
  await run.finished(endTimeoutMs);
  return { peakBytes, bytes };
}

async function referenceBytes(url: string, file: string, users: number): Promise<number> {
  await using reference = new BenchProcess([process.execPath, own("upload-reference.ts"), url, file, String(users)]);
  const code = await reference.ended(endTimeoutMs);
  if (code !== 0) throw new BenchError(`the reference ended with ${code}; ${reference.lastWords}`);
  return Number(reference.stdout);
}

await runBench(async () => {
  const options = benchOptions({ megabytes: "20", users: "100", "more-users": "500", gigabytes: "2" });
  const megabytes = positiveWhole("megabytes", options.megabytes);
  const users = positiveWhole("users", options.users);
  const moreUsers = positiveWhole("more-users", options["more-users"]);
  const gigabytes = positiveWhole("gigabytes", options.gigabytes);
  const machine = describeMachine();
  await using folder = await TemporaryFolder.create();
  const file = folder.file("film.mp4");
  await writeFile(file, randomBytes(megabytes * megabyte));
  using server = await UploadServer.start(gigabytes * 1_000 * megabyte);
  const uploading = (count: number) => peakOf("uploads", server.url, { BENCH_FILE: file, BENCH_USERS: String(count) });
  const { peakBytes: idle, bytes: settled } = await idleWorker(server.url);
  say(`an idle worker: ${rounded(idle / megabyte)} MB at most, then ${rounded(settled / megabyte)} MB`);
  const few = await uploading(users);
  say(`${users} users: ${rounded(few.peakBytes / megabyte)} MB, ${rounded(few.seconds)} s`);
  const copies = await referenceBytes(server.url, file, users);
  say(`${users} users with copies: ${rounded(copies / megabyte)} MB`);
  const many = await uploading(moreUsers);
  say(`${moreUsers} users: ${rounded(many.peakBytes / megabyte)} MB, ${rounded(many.seconds)} s`);
  const reading = await peakOf("download", server.url, {});
  const figures = {
    idleMegabytes: rounded(idle / megabyte),
    uploadMegabytes: rounded(few.peakBytes / megabyte),
    uploadOverIdleMegabytes: rounded((few.peakBytes - idle) / megabyte),
    copiesMegabytes: rounded(copies / megabyte),
    moreUsersMegabytes: rounded(many.peakBytes / megabyte),
    moreUsersOverIdleMegabytes: rounded((many.peakBytes - idle) / megabyte),
    downloadMegabytes: rounded(reading.peakBytes / megabyte),
    downloadOverIdleMegabytes: rounded((reading.peakBytes - idle) / megabyte),
    downloadMegabytesPerSecond: Math.round((gigabytes * 1_000) / reading.seconds),
  };
  if (options.json) {
    const asked = { megabytes, users, moreUsers, gigabytes };
    console.log(JSON.stringify({ bench: "upload", ...asked, machine, ...figures }, null, 2));
    return;
  }
  console.log(machineLine(machine));
  const row = (what: string, total: number) => ({
    bench: what,
    MB: total,
    "over an idle worker": rounded(total - figures.idleMegabytes),
  });
  console.table([
    row("an idle worker", figures.idleMegabytes),
    row(`${users} users upload ${megabytes} MB`, figures.uploadMegabytes),
    row(`the same with a copy for each user, by undici`, figures.copiesMegabytes),
    row(`${moreUsers} users upload ${megabytes} MB`, figures.moreUsersMegabytes),
    row(`one user reads ${gigabytes} GB as a stream`, figures.downloadMegabytes),
  ]);
  console.log(
    `Peak resident memory; MB are 1,000,000 bytes. The stream was read at ${figures.downloadMegabytesPerSecond} MB/s.`,
  );
});
