import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import { DataRequests } from "../src/master/shared/data-requests.ts";
import { WorkerRequests } from "../src/master/shared/worker-requests.ts";
import type { ResponseMessage } from "../src/protocol/master-messages.ts";
import type { RequestMessage } from "../src/protocol/worker-messages.ts";
import { RowFile } from "../src/scenario/data/row-file.ts";
import type { DeclaredData } from "../src/scenario/shared/data.ts";
import { DataFeed } from "../src/worker/shared/data-feed.ts";
import { MasterRequests } from "../src/worker/shared/master-requests.ts";

export interface DataFigure {
  readonly name: string;
  readonly value: number;
  readonly unit: "us" | "s";
}

const rows = 1_000_000;
const users = 100;
const durationMs = 4_000;
const pauseMs = 5;
/** How long the master takes to commit what it answers. */
const commitMs = 20;

/**
 * The time of a take while 100 users of one worker take a row of a CSV file every 5 ms, about 17,000 a second, and the master
 * answers as late as its commits make it; and the time to open a file of a million rows.
 */
export async function run(): Promise<DataFigure[]> {
  const folder = mkdtempSync(join(tmpdir(), "muster-bench-data-"));
  try {
    const path = join(folder, "rows.csv");
    const lines = Array.from({ length: rows }, (_, row) => `user${row},secret${row},user${row}@example.org`);
    writeFileSync(path, `user,password,mail\n${lines.join("\n")}\n`);
    lines.length = 0;
    const begunMs = performance.now();
    const file = await RowFile.open(path, "rows.csv");
    const openedMs = performance.now() - begunMs;
    const times = await takeTimes(file);
    file.close();
    const at = (share: number) => times[Math.floor(times.length * share)] ?? 0;
    return [
      { name: "take of a row, median", value: at(0.5) * 1_000, unit: "us" },
      { name: "take of a row, p99", value: at(0.99) * 1_000, unit: "us" },
      { name: "open a CSV file of 1,000,000 rows", value: openedMs / 1_000, unit: "s" },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Ascending, in ms, without the first second. */
async function takeTimes(opened: RowFile): Promise<number[]> {
  const feed = feedOf(opened);
  const reports = setInterval(() => feed.pass(), 250);
  const times: number[] = [];
  const begunMs = performance.now();
  await Promise.all(
    Array.from({ length: users }, async () => {
      while (performance.now() - begunMs < durationMs) {
        const beganMs = performance.now();
        await feed.take();
        if (beganMs - begunMs > 1_000) times.push(performance.now() - beganMs);
        await delay(pauseMs);
      }
    }),
  );
  clearInterval(reports);
  return times.sort((a, b) => a - b);
}

function feedOf(opened: RowFile): DataFeed {
  const declared: DeclaredData = {
    ...{ name: "rows", file: "rows.csv", rows: null, order: "listed", use: "once", per: "run", whenEmpty: "fail" },
  };
  let isCommitting = false;
  const journal = {
    share: () => {
      if (isCommitting) return;
      isCommitting = true;
      setTimeout(() => {
        isCommitting = false;
        master.committed();
      }, commitMs);
    },
    note: () => {},
  };
  const respond = (message: ResponseMessage) => {
    const text = JSON.stringify(message);
    setImmediate(() => requests.responded(JSON.parse(text) as ResponseMessage));
  };
  const worker = { isAlive: true, isConnected: true, socket: { lastHeardMs: 0 }, respond };
  const workers = { alive: [worker], findById: () => worker };
  const master = new WorkerRequests({ journal, workers, shared: [], log: pino({ level: "silent" }) });
  const sources = [{ ...declared, count: opened.count, opened }];
  const nowMs = () => performance.now();
  master.register(
    "data",
    new DataRequests({ sources, seed: 1, shared: [], journal, workers, stopRun: () => {}, nowMs }),
  );
  const send = (message: RequestMessage) => setImmediate(() => master.receive({ number: 1, id: "w" }, message));
  const requests = new MasterRequests(send);
  return new DataFeed(declared, requests);
}

if (import.meta.main) console.table(await run());
