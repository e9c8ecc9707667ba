import type { HttpResponse } from "../../scenario/http.ts";
import type { Failure } from "./failure.ts";

const empty = new Uint8Array(0);
const decoder = new TextDecoder();

/** A response as the test sees it. All fields are set when the request ends; `ok` and `error` once it has been judged. */
export class ReceivedResponse implements HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly durationMs: number;
  ok = true;
  error: Failure | null = null;
  readonly #chunks: readonly Uint8Array[];
  #body: Uint8Array | null = null;

  constructor(
    status: number,
    headers: Readonly<Record<string, string>>,
    chunks: readonly Uint8Array[],
    durationMs: number,
  ) {
    this.status = status;
    this.headers = headers;
    this.durationMs = durationMs;
    this.#chunks = chunks;
  }

  get body(): Uint8Array {
    const only = this.#chunks[0] ?? empty;
    this.#body ??= this.#chunks.length > 1 ? Buffer.concat(this.#chunks) : only;
    return this.#body;
  }

  text(): string {
    return decoder.decode(this.body);
  }

  json<Value = unknown>(): Value {
    return JSON.parse(this.text()) as Value;
  }
}
