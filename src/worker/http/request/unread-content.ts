import { describeThrown } from "../../../scenario/bundle/test-frames.ts";
import type { BodySegments } from "../body-segments.ts";
import { InvalidRequest } from "./invalid-request.ts";

/** The content of a request and its content type, which is empty for none. */
export class Content {
  readonly body: string | Uint8Array | BodySegments;
  readonly type: string;
  /** True if the body can only be read with this content type. */
  readonly needsType: boolean;

  constructor(body: string | Uint8Array | BodySegments, type: string, needsType = false) {
    this.body = body;
    this.type = type;
    this.needsType = needsType;
  }
}

/** A body whose bytes must be read before it is sent: a `Blob`, a `File` or a `FormData`. */
export class UnreadContent {
  readonly #source: Blob | FormData;

  constructor(source: Blob | FormData) {
    this.#source = source;
  }

  /** @throws InvalidRequest when it cannot be read, such as a file that has changed. */
  async read(): Promise<Content> {
    try {
      return this.#source instanceof Blob
        ? new Content(await bytesOf(this.#source), this.#source.type)
        : await formOf(this.#source);
    } catch (cause) {
      throw new InvalidRequest(`its body cannot be read: ${describeThrown(cause)}`, { cause });
    }
  }
}

async function bytesOf(source: Blob | Response): Promise<Uint8Array> {
  return new Uint8Array(await source.arrayBuffer());
}

/** A `Response` encodes a form as browsers do, with its own boundary. */
async function formOf(form: FormData): Promise<Content> {
  const response = new Response(form);
  return new Content(await bytesOf(response), response.headers.get("content-type") ?? "", true);
}
