import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { startWorker } from "../support/distributed.ts";
import { MusterRun } from "../support/muster-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { waitUntil } from "../support/wait-until.ts";
import { TestServer } from "../worker/http/fixture.ts";

const source = `import { constant, defineTest, file } from "muster-load";
const [film, note] = [file("media/../film.mp4"), file("note.txt")];
export default defineTest({
  users: [{ name: "Sender", pause: constant("100ms"), tasks: {
    put: (vu) => vu.http.put("/put", { body: film, expect: (got) => got.text() === film.sha256 }),
    form: (vu) => vu.http.post("/form", { multipart: { title: vu.className, film, notes: [note, note] }, expect: 200 }),
  } }],
});`;

const film = Buffer.from(Array.from({ length: 3_000_001 }, (_, at) => (at * 7 + (at >> 8)) % 251));

async function receivedBy(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function statusOfForm(request: IncomingMessage): Promise<number> {
  const { "content-type": type = "" } = request.headers;
  const form = await new Response(await receivedBy(request), { headers: { "content-type": type } }).formData();
  const sent = form.get("film");
  const isWhole = sent instanceof File && film.equals(Buffer.from(await sent.arrayBuffer()));
  return isWhole && form.get("title") === "Sender" && form.getAll("notes").length === 2 ? 200 : 400;
}

test("a file of the master reaches every worker, also one that joins late, and all users send it", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "film.mp4"), film);
  await writeFile(join(folder, "note.txt"), "a note");
  await writeFile(join(folder, "upload.ts"), source);
  const served = new Set<Socket>();
  await using server = await TestServer.http(async (request, response) => {
    if (request.url === "/form") response.statusCode = await statusOfForm(request);
    const hash =
      request.url === "/put"
        ? createHash("sha256")
            .update(await receivedBy(request))
            .digest("hex")
        : "";
    response.end(hash, () => served.add(request.socket));
  });
  const words = ["master", join(folder, "upload.ts"), `--host=${server.url}`, "--users=4", "--run-time=10m"];
  const ports = ["--master-bind-port=0", "--expect-workers=1"];
  const master = await MusterRun.start(t, [...words, ...ports], { MUSTER_TOKEN: "secret" });
  const port = await master.masterPort();
  startWorker(t, port, "secret");
  await waitUntil("the first worker sends", () => served.size >= 4);
  startWorker(t, port, "secret");
  await waitUntil("the second one sends, too", () => served.size >= 6);
  master.kill("SIGTERM");
  const { result } = await master.finished();
  assert.deepEqual([result.total.failures, result.workers.length], [0, 2], JSON.stringify(result.errors));
  assert.ok(result.workers.every(({ requests }) => requests > 0));
});
