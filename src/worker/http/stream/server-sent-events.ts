import type { ServerSentEvent } from "../../../scenario/definition/streaming.ts";

/**
 * Reads server-sent events from the lines of an event stream (WHATWG HTML, "9.2.6 Interpreting an event stream"). An event
 * whose end has not arrived is dropped.
 * @param tooLong called for an event whose data has more than `maxLength` characters; no more events follow
 */
export async function* eventsOf(
  lines: AsyncIterable<string>,
  maxLength: number,
  tooLong: () => void,
): AsyncGenerator<ServerSentEvent, undefined> {
  const pending = new PendingEvent();
  for await (const line of lines) {
    if (line !== "") pending.take(line);
    else if (pending.hasData) yield pending.dispatch();
    else pending.clear();
    if (pending.length > maxLength) {
      tooLong();
      return;
    }
  }
}

/** The event whose lines are arriving. */
class PendingEvent {
  #type = "";
  #id = "";
  #data: string[] = [];
  /** The characters of its data. */
  length = 0;

  get hasData(): boolean {
    return this.#data.length > 0;
  }

  /** A comment begins with a colon, so that its field is empty. */
  take(line: string): void {
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "event") this.#type = value;
    else if (field === "id" && !value.includes("\0")) this.#id = value;
    else if (field === "data") {
      this.#data.push(value);
      this.length += value.length + 1;
    }
  }

  dispatch(): ServerSentEvent {
    const event = { type: this.#type === "" ? "message" : this.#type, data: this.#data.join("\n"), id: this.#id };
    this.clear();
    return event;
  }

  /** The id stays that of later events. */
  clear(): void {
    this.#type = "";
    this.#data = [];
    this.length = 0;
  }
}
