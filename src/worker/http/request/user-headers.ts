import { describeValue } from "../../../core/describe-value.ts";
import { InvalidValue } from "../../../core/invalid-value.ts";
import type { ClientHeaders } from "../../../scenario/definition/http.ts";
import type { DefaultHeaders } from "./default-headers.ts";

/** The default headers of one virtual user. At first, they are the headers of its class. */
export class UserHeaders implements ClientHeaders {
  #current: DefaultHeaders;

  constructor(initial: DefaultHeaders) {
    this.#current = initial;
    // Frozen, so that an assignment (`headers.authorization = …`) throws instead of doing nothing.
    Object.freeze(this);
  }

  static currentOf(headers: UserHeaders): DefaultHeaders {
    return headers.#current;
  }

  static reset(headers: UserHeaders, initial: DefaultHeaders): void {
    headers.#current = initial;
  }

  get(name: string): string | undefined {
    requireText("get(name)", name);
    return this.#current.valueOf(name);
  }

  /** @throws InvalidValue */
  set(name: string, value: string): void {
    requireText("set(name, value)", name);
    if (typeof value !== "string") {
      throw new InvalidValue(
        `vu.http.headers.set(${JSON.stringify(name)}, value): the value is ${describeValue(value)}; expected a string`,
      );
    }
    this.#current = this.#current.with(name, value);
  }

  /** @throws InvalidValue */
  delete(name: string): void {
    requireText("delete(name)", name);
    this.#current = this.#current.with(name, null);
  }
}

function requireText(call: string, name: unknown): void {
  if (typeof name === "string") return;
  throw new InvalidValue(`vu.http.headers.${call}: the name is ${describeValue(name)}; expected a string`);
}
