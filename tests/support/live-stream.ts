import { liveEventSchemas } from "../../src/api/contract/live.ts";
import type { Cleanup } from "./test-process.ts";
import { waitUntil } from "./wait-until.ts";

export interface StreamedEvent {
  readonly id: string | null;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Listens to `/api/live`, keeps the events, and checks each against the contract of the web API. */
export class LiveStream {
  readonly events: StreamedEvent[] = [];
  isOver = false;
  /** The violations of the contract of the web API. */
  readonly violations: string[] = [];
  readonly #stop: () => void;

  private constructor(stop: () => void) {
    this.#stop = stop;
  }

  static async open(cleanup: Cleanup, url: string, lastId?: string): Promise<LiveStream> {
    const abort = new AbortController();
    cleanup.after(() => abort.abort());
    const headers = lastId === undefined ? {} : { "last-event-id": lastId };
    const response = await fetch(`${url}/api/live`, { signal: abort.signal, headers });
    const stream = new LiveStream(() => abort.abort());
    void stream.#read(response.body as ReadableStream<Uint8Array>);
    return stream;
  }

  get lastId(): string | null {
    return this.events.findLast(({ id }) => id !== null)?.id ?? null;
  }

  all(type: string): StreamedEvent["data"][] {
    return this.events.filter((event) => event.type === type).map(({ data }) => data);
  }

  /** Returns the first event of this type for which `fits` returns true, including earlier events. */
  until(type: string, fits: (data: StreamedEvent["data"]) => boolean = () => true): Promise<StreamedEvent["data"]> {
    return waitUntil(`an event ${type}`, () => this.all(type).find(fits));
  }

  close(): void {
    this.#stop();
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let text = "";
    try {
      for await (const chunk of body) {
        text += decoder.decode(chunk, { stream: true });
        const blocks = text.split("\n\n");
        text = blocks.pop() ?? "";
        for (const block of blocks) this.#take(block);
      }
    } catch {
      // The stream was closed on one side.
    }
    this.isOver = true;
  }

  #take(block: string): void {
    const fields = new Map(block.split("\n").map((line) => line.split(/: (.*)/s) as [string, string]));
    const data = fields.get("data");
    if (data === undefined) return;
    const event = { id: fields.get("id") ?? null, type: fields.get("event") ?? "", data: JSON.parse(data) };
    this.events.push(event);
    const schema = Object.entries(liveEventSchemas).find(([type]) => type === event.type)?.[1];
    const issue = schema?.safeParse(event.data).error?.issues[0];
    if (issue !== undefined) this.violations.push(`${event.type}: ${issue.path.join(".")}: ${issue.message}`);
  }
}
