import type { Socket } from "node:net";
import type { FailureKind } from "../../../../src/core/failure-kind.ts";
import type { EngineName } from "../../../../src/protocol/master-messages.ts";
import type { RequestOptions } from "../../../../src/scenario/definition/http.ts";
import { TestClient, TestServer } from "../fixture.ts";

/** What a server does with a request, byte for byte. Text stands for bytes, one character each. */
export interface Recording {
  readonly text: string;
  /** Where to cut it into pieces that are sent one after another. */
  readonly cuts?: readonly number[];
  /** What becomes of the connection behind the text. */
  readonly ending: "keep" | "close" | "reset";
  readonly isAnswerToHead?: boolean;
  /** Of the request; default: long enough on a slow machine, as nothing waits for it that comes to an end by itself. */
  readonly timeout?: RequestOptions["timeout"];
}

/** What a test sees of the request. */
export interface Outcome {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly kind: FailureKind | null;
  readonly bytesIn: number;
  /** Which time limit has struck, in words; null for none. */
  readonly limit: string | null;
}

/** Plays recordings to clients, whatever they ask. */
export class Playback implements AsyncDisposable {
  readonly #server: TestServer;
  #recording: Recording = { text: "", ending: "close" };

  private constructor(server: TestServer) {
    this.#server = server;
  }

  static async start(): Promise<Playback> {
    const playbacks: Playback[] = [];
    const server = await TestServer.raw((socket) => {
      socket.setNoDelay(true);
      socket.once("data", () => {
        for (const playback of playbacks) void playback.#play(socket);
      });
    });
    const playback = new Playback(server);
    playbacks.push(playback);
    return playback;
  }

  /** What `engine` makes of `recording`. */
  async outcome(engine: EngineName, recording: Recording): Promise<Outcome> {
    this.#recording = recording;
    using client = new TestClient(this.#server.url, engine);
    const got = await client.http.request(recording.isAnswerToHead ? "HEAD" : "GET", "/", {
      timeout: recording.timeout ?? "20s",
      expect: () => true,
    });
    const endpoint = client.recorder.endpoints[0];
    return {
      status: got.status,
      headers: { ...got.headers },
      body: Buffer.from(got.body).toString("latin1"),
      kind: got.error?.kind ?? null,
      bytesIn: endpoint?.bytesIn ?? 0,
      limit: got.error?.kind === "timeout" ? got.error.message : null,
    };
  }

  async #play(socket: Socket): Promise<void> {
    const { text, cuts = [], ending } = this.#recording;
    const bytes = Buffer.from(text, "latin1");
    const borders = [0, ...cuts, bytes.length];
    for (let index = 0; index + 1 < borders.length; index++) {
      socket.write(bytes.subarray(borders[index], borders[index + 1]));
      // The client shares this event loop: it reads each piece before the next is written.
      if (index + 2 < borders.length) await turns();
    }
    if (ending === "close") socket.end();
    else if (ending === "reset") {
      await turns();
      socket.resetAndDestroy();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
