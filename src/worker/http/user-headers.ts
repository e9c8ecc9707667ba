import type { ClientHeaders } from "../../scenario/http.ts";
import type { DefaultHeaders } from "./default-headers.ts";
import { InvalidRequest } from "./invalid-request.ts";

/** The default headers of one virtual user, which begin as those of its class. */
export class UserHeaders implements ClientHeaders {
  #current: DefaultHeaders;

  constructor(initial: DefaultHeaders) {
    this.#current = initial;
    // A test may take it for a record: `headers.authorization = …` throws instead of doing nothing.
    Object.freeze(this);
  }

  static currentOf(headers: UserHeaders): DefaultHeaders {
    return headers.#current;
  }

  get(name: string): string | undefined {
    return this.#current.valueOf(name);
  }

  /** @throws InvalidRequest */
  set(name: string, value: string): void {
    if (typeof name !== "string" || typeof value !== "string") {
      throw new InvalidRequest('a default header has a name and a text: headers.set("x-api-key", key)');
    }
    this.#current = this.#current.with(name, value);
  }

  delete(name: string): void {
    this.#current = this.#current.with(name, null);
  }
}
