import type { HeaderSource } from "../engine.ts";

/** The response headers as undici passes them. */
export class HeaderRecord implements HeaderSource {
  readonly #headers: Readonly<Record<string, string | readonly string[] | undefined>>;

  constructor(headers: Readonly<Record<string, string | readonly string[] | undefined>>) {
    this.#headers = headers;
  }

  get hasSetCookie(): boolean {
    return this.#headers["set-cookie"] !== undefined;
  }

  get hasContentEncoding(): boolean {
    return this.#headers["content-encoding"] !== undefined;
  }

  record(): Record<string, string> {
    const headers: Record<string, string> = {};
    for (const name of Object.keys(this.#headers)) {
      const value = this.#headers[name];
      if (value !== undefined) headers[name] = typeof value === "string" ? value : value.join(", ");
    }
    return headers;
  }

  setCookie(): readonly string[] {
    const values = this.#headers["set-cookie"] ?? [];
    return typeof values === "string" ? [values] : values;
  }
}
