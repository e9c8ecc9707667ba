import { describeThrown } from "../../../scenario/bundle/test-frames.ts";
import type { BodySegments } from "../body-segments.ts";
import { InvalidRequest } from "./invalid-request.ts";

/** The content of a request and its content type, which is empty for none. */
export class Content {
  readonly body: string | Uint8Array | BodySegments;
  readonly type: string;
  /** Whether the body can only be read with this content type. */
  readonly needsType: boolean;

  constructor(body: string | Uint8Array | BodySegments, type: string, needsType = false) {
    this.body = body;
    this.type = type;
    this.needsType = needsType;
  }
}

/** A body whose bytes must be read before it is sent: a `Blob`, a `File`, a `FormData`, or a multipart body with one. */
export class UnreadContent {
  readonly #read: () => Promise<Content>;

  constructor(read: () => Promise<Content>) {
    this.#read = read;
  }

  /** @throws InvalidRequest when it cannot be read, such as a file that has changed. */
  async read(): Promise<Content> {
    try {
      return await this.#read();
    } catch (cause) {
      throw new InvalidRequest(`its body cannot be read: ${describeThrown(cause)}`, { cause });
    }
  }
}

export function blobContent(blob: Blob): UnreadContent {
  return new UnreadContent(async () => new Content(await readAll(blob), blob.type));
}

/** Encodes a form with a `Response`, which does it as browsers do, with its own boundary. */
export function formContent(form: FormData): UnreadContent {
  return new UnreadContent(async () => {
    const response = new Response(form);
    return new Content(await readAll(response), response.headers.get("content-type") ?? "", true);
  });
}

export async function readAll(source: Blob | Response): Promise<Uint8Array> {
  return new Uint8Array(await source.arrayBuffer());
}
