import { groupedMessage } from "./error-message.ts";

const maxMessages = 64;
const maxRawLength = 1_000;

/** What became of recent messages: a service that fails says the same of every request. */
export class MessageCache {
  readonly #grouped = new Map<string, string>();

  /** @see groupedMessage */
  grouped(raw: string): string {
    const known = this.#grouped.get(raw);
    if (known !== undefined) return known;
    const message = groupedMessage(raw);
    if (raw.length > maxRawLength) return message;
    if (this.#grouped.size === maxMessages) this.#grouped.clear();
    this.#grouped.set(raw, message);
    return message;
  }
}
