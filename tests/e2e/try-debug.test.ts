import assert from "node:assert/strict";
import { readFile, rename, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { SourceMap, type SourceMapPayload } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { WebSocket } from "ws";
import { MusterProcess } from "../support/muster-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { waitUntil } from "../support/wait-until.ts";

const testFile = `import { data, defineTest, file } from "muster-load";
import { buyer } from "./users/buyer.ts";
export const order = file("order.txt");
export const users = data("users.csv");
export default defineTest({ users: [buyer] });
`;
const buyerFile = `import { defineUser } from "muster-load";
interface Order { readonly id: string }
export const buyer = defineUser({
  name: "Buyer",
  tasks: {
    async order(vu) {
      const order: Order = { id: "1" };
      debugger;
      await vu.http.get(\`/orders/\${order.id}\`);
    },
  },
});
`;

async function started(t: TestContext, ...words: string[]) {
  const server = createServer((_, response) => response.end("ok"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = await temporaryFolder(t, {
    "shop.ts": testFile,
    "users/buyer.ts": buyerFile,
    "order.txt": "a pen",
    "users.csv": "name\nann\n",
  });
  return { folder, run: new MusterProcess(t, ["try", "shop.ts", `--host=${host}`, ...words], { cwd: folder }) };
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result?: Record<string, unknown>;
  readonly params?: Record<string, unknown>;
}

/** A debugger that speaks the protocol of the inspector, as an IDE does. */
class Debugger {
  readonly #socket: WebSocket;
  readonly messages: Message[] = [];
  #id = 0;

  constructor(url: string) {
    this.#socket = new WebSocket(url);
    this.#socket.on("message", (data: Buffer) => this.messages.push(JSON.parse(data.toString()) as Message));
  }

  async open(): Promise<void> {
    await waitUntil("the debugger is attached", () => this.#socket.readyState === WebSocket.OPEN);
  }

  send(method: string): void {
    this.#socket.send(JSON.stringify({ id: ++this.#id, method }));
  }

  event(method: string): Promise<Record<string, unknown>> {
    return waitUntil(method, () => this.messages.find((message) => message.method === method)?.params ?? false);
  }

  close(): void {
    this.#socket.close();
  }
}

test("muster try --inspect waits for a debugger, which stops in the source of the test", async (t) => {
  const { folder, run } = await started(t, "--inspect", "--inspect-port=0");
  const [, url = ""] = await run.errorOutput(/Debugger listening on (ws:\S+)/);
  const ide = new Debugger(url);
  t.after(() => ide.close());
  await ide.open();
  for (const method of ["Runtime.enable", "Debugger.enable", "Runtime.runIfWaitingForDebugger"]) ide.send(method);
  const { callFrames } = (await ide.event("Debugger.paused")) as {
    callFrames: { location: { scriptId: string; lineNumber: number; columnNumber: number } }[];
  };
  const [frame] = callFrames;
  assert.ok(frame !== undefined);
  const { scriptId, lineNumber, columnNumber } = frame.location;
  const script = ide.messages.find(
    ({ method, params }) => method === "Debugger.scriptParsed" && params?.scriptId === scriptId,
  )?.params;
  const map = String(script?.sourceMapURL).split("base64,")[1] ?? "";
  const sourceMap = new SourceMap(JSON.parse(Buffer.from(map, "base64").toString()) as SourceMapPayload);
  const entry = sourceMap.findEntry(lineNumber, columnNumber);
  assert.ok("originalSource" in entry);
  // A debugger resolves the names of sources against the URL of the script.
  assert.equal(fileURLToPath(new URL(entry.originalSource, String(script?.url))), join(folder, "users/buyer.ts"));
  assert.equal(entry.originalLine + 1, 8);
  ide.send("Debugger.resume");
  await run.output(/passed/);
  ide.close();
  assert.equal((await run.ended()).code, 0, run.stderr);
  assert.match(run.stdout, /✓ GET \/orders\/1 .* users\/buyer\.ts:9:21\n/);
});

test("muster try --watch tries again after a change of an imported file, also one that replaces it, until a signal", async (t) => {
  const { folder, run } = await started(t, "--watch");
  const file = join(folder, "users/buyer.ts");
  await run.output(/GET \/orders\/1 [\s\S]*watching 4 files/);
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace('id: "1"', 'id: "2"'));
  await run.output(/── users\/buyer\.ts has changed ──[\s\S]*GET \/orders\/2 [\s\S]*watching 4 files/);
  await writeFile(file, text.replace('id: "1"', "id: "));
  await run.errorOutput(/users\/buyer\.ts:7:\d+: Unexpected/);
  await waitUntil("the third end", () => run.stdout.split("watching 4 files").length === 4);
  await writeFile(`${file}.new`, text.replace('id: "1"', 'id: "3"'));
  await rename(`${file}.new`, file);
  await run.output(/GET \/orders\/3 [\s\S]*watching 4 files/);
  await writeFile(join(folder, "order.txt"), "a book");
  await run.output(/── order\.txt has changed ──[\s\S]*GET \/orders\/3 [\s\S]*watching 4 files/);
  await writeFile(join(folder, "users.csv"), "name\nbob\n");
  await run.output(/── users\.csv has changed ──[\s\S]*GET \/orders\/3 [\s\S]*watching 4 files/);
  run.kill("SIGTERM");
  assert.equal((await run.ended()).code, 105);
});
