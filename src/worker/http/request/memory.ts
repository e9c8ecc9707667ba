import { InvalidRequest } from "./invalid-request.ts";

/**
 * Up to this size, bytes are copied when the request is made, because the test may change them before they are sent.
 */
export const maxCopiedBytes = 16 * 1024;

/**
 * Returns the bytes of memory that the test passed in the option `where`. Large memory is not copied, because many users may
 * send the same body at the same time. Shared or resizable memory is always copied.
 * @throws InvalidRequest when the memory no longer exists
 */
export function bytesToSend(where: string, body: ArrayBufferView | ArrayBufferLike): Uint8Array {
  const view = viewOf(where, body);
  const { buffer } = view;
  const isFixed = buffer instanceof ArrayBuffer && !buffer.resizable;
  return isFixed && view.byteLength > maxCopiedBytes ? view : new Uint8Array(view);
}

function viewOf(where: string, body: ArrayBufferView | ArrayBufferLike): Uint8Array {
  try {
    if (!ArrayBuffer.isView(body)) return new Uint8Array(body);
    const { buffer, byteOffset, byteLength } = body;
    if (buffer instanceof ArrayBuffer && buffer.detached) throw new TypeError("it was transferred");
    if (body instanceof Uint8Array) return body;
    return new Uint8Array(buffer, byteOffset, byteLength);
  } catch (cause) {
    throw new InvalidRequest(
      `the option ${where} is memory that no longer exists: it was transferred (postMessage, structuredClone) or made smaller`,
      { cause },
    );
  }
}
