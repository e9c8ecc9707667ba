import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { patienceMs } from "../../../support/wait-until.ts";
import { TestServer } from "../fixture.ts";

const execute = promisify(execFile);

/** A response for curl to read, one character a byte; the connection closes behind it. */
export interface CurlCase {
  readonly text: string;
  readonly isAnswerToHead?: boolean;
}

export interface CurlOutcome {
  readonly isAccepted: boolean;
  readonly status: number;
  readonly body: string;
  /** Why it was refused; empty when it was not. */
  readonly why: string;
}

/** What curl makes of each response: on connections of their own, by as few processes as it allows. */
export async function readByCurl(cases: readonly CurlCase[]): Promise<CurlOutcome[]> {
  await using server = await playing(cases);
  const folder = await mkdtemp(path.join(tmpdir(), "muster-curl-"));
  try {
    const outcomes: CurlOutcome[] = [];
    // Of some responses it says that an argument is bad, and ends: the next process reads those behind.
    while (outcomes.length < cases.length) {
      const first = outcomes.length;
      const lines = await writtenByCurl(
        cases.slice(first).map((one, index) => requestOf(server.url, folder, first + index, one)),
      );
      if (lines.length === 0) throw new Error("curl wrote nothing");
      for (const line of lines) outcomes.push(await outcomeOf(line, folder, cases[outcomes.length]));
    }
    return outcomes;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A line for each request, up to the one that ended it. */
async function writtenByCurl(requests: readonly string[]): Promise<string[]> {
  const running = execute("curl", ["--disable", "--config", "-"], { timeout: patienceMs, maxBuffer: 64 * 1024 * 1024 });
  running.child.stdin?.end(requests.join("next\n"));
  // It exits with what became of the last request: that of each is in what it writes.
  const { stdout } = await running.catch((error: unknown) => error as { stdout: string });
  return stdout.split("\n").filter(Boolean);
}

function requestOf(base: string, folder: string, index: number, { isAnswerToHead = false }: CurlCase): string {
  return [
    `url = "${base}/${index}"`,
    `output = "${path.join(folder, String(index))}"`,
    `write-out = "${String.raw`${index} %{exitcode} %{http_code} %{errormsg}\n`}"`,
    ...(isAnswerToHead ? ["head"] : []),
    "silent",
    "no-keepalive",
    'header = "Connection: close"',
    "max-time = 10",
    "",
  ].join("\n");
}

async function outcomeOf(line: string, folder: string, played: CurlCase | undefined): Promise<CurlOutcome> {
  const [, index = "", exitCode = "", status = "", why = ""] = /^(\d+) (\d+) (\d+) (.*)$/.exec(line) ?? [];
  if (index === "") throw new Error(`curl wrote ${JSON.stringify(line)}`);
  // Without a body it makes no file; of an answer to HEAD it is the head.
  const body =
    played?.isAnswerToHead === true ? "" : await readFile(path.join(folder, index), "latin1").catch(() => "");
  return { isAccepted: exitCode === "0", status: Number(status), body, why: exitCode === "0" ? "" : why };
}

/** Answers `/N` with the text of the Nth. */
async function playing(cases: readonly CurlCase[]): Promise<TestServer> {
  return await TestServer.raw((socket) => {
    socket.once("data", (request) => {
      const index = Number(/ \/(\d+) /.exec(request.toString("latin1"))?.[1]);
      socket.end(Buffer.from(cases[index]?.text ?? "", "latin1"));
    });
  });
}
