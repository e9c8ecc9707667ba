import { InvalidRequest } from "./invalid-request.ts";

/** So many bytes are copied when the test gives them, which it may change then. */
const maxCopiedBytes = 16 * 1024;

/**
 * The bytes of a body that the test gave as memory. A large one is not copied, as many users may send the same at a time;
 * memory that others may change or whose size may change is, whatever its size.
 * @throws InvalidRequest when the memory is not there any more
 */
export function bytesToSend(body: ArrayBufferView | ArrayBufferLike): Uint8Array {
  const view = viewOf(body);
  const { buffer } = view;
  const isFixed = buffer instanceof ArrayBuffer && !buffer.resizable;
  return isFixed && view.byteLength > maxCopiedBytes ? view : new Uint8Array(view);
}

function viewOf(body: ArrayBufferView | ArrayBufferLike): Uint8Array {
  try {
    if (!ArrayBuffer.isView(body)) return new Uint8Array(body);
    const { buffer, byteOffset, byteLength } = body;
    if (buffer instanceof ArrayBuffer && buffer.detached) throw new TypeError("it was transferred");
    if (body instanceof Uint8Array) return body;
    return new Uint8Array(buffer, byteOffset, byteLength);
  } catch (cause) {
    throw new InvalidRequest(
      "the option body is memory that is not there any more: it was transferred (postMessage, structuredClone) or made smaller",
      { cause },
    );
  }
}
