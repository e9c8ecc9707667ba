import type { ServerSentEvent } from "../../../scenario/definition/streaming.ts";
import type { EventSourceState } from "./reconnection.ts";

/** How server-sent events are read. */
interface EventRules {
  /**
   * The state of the stream, with the id of earlier connections. It takes the latest id, and the time that the service sets
   * with `retry`.
   */
  readonly state: EventSourceState;
  /** The maximum length of the data of an event, in characters. */
  readonly maxLength: number;
  /** Called with each event before it is read. */
  found(): void;
  /** Called for an event whose data has more characters; no more events follow. */
  tooLong(): void;
}

/**
 * Reads server-sent events from the lines of an event stream (WHATWG HTML, "9.2.6 Interpreting an event stream"). An event
 * whose end has not arrived is dropped.
 */
export async function* eventsOf(
  lines: AsyncIterable<string>,
  rules: EventRules,
): AsyncGenerator<ServerSentEvent, undefined> {
  const pending = new PendingEvent(rules.state);
  for await (const line of lines) {
    if (line !== "") pending.take(line);
    else if (pending.hasData) {
      rules.found();
      yield pending.dispatch();
    } else pending.clear();
    if (pending.length > rules.maxLength) {
      rules.tooLong();
      return;
    }
  }
}

/** The event whose lines are arriving. */
class PendingEvent {
  readonly #state: EventSourceState;
  #type = "";
  /** The id of the event, which becomes the id of the stream once the event is complete. */
  #id: string;
  #data: string[] = [];
  /** The number of characters of its data. */
  length = 0;

  constructor(state: EventSourceState) {
    this.#state = state;
    this.#id = state.lastId;
  }

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
    else if (field === "retry" && /^\d{1,9}$/.test(value)) this.#state.retryMs = Number(value);
    else if (field === "data") {
      this.#data.push(value);
      this.length += value.length + 1;
    }
  }

  dispatch(): ServerSentEvent {
    const event = {
      type: this.#type === "" ? "message" : this.#type,
      data: this.#data.join("\n"),
      id: this.#id,
    };
    this.clear();
    return event;
  }

  /** Clears the event. Its id is kept for later events. */
  clear(): void {
    this.#state.lastId = this.#id;
    this.#type = "";
    this.#data = [];
    this.length = 0;
  }
}
