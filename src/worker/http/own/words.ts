let viewed: Uint8Array | null = null;
let view: DataView = new DataView(new ArrayBuffer(0));

/** Nearly always of the one buffer that all sockets read into. */
function viewOf(bytes: Uint8Array): DataView {
  if (bytes !== viewed) {
    viewed = bytes;
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }
  return view;
}

/** The bytes from `from` to `to`, four in a word; the last word has those that are left, the next one above the one before. */
export function wordsOf(bytes: Uint8Array, from: number, to: number): Int32Array {
  const words = new Int32Array((to - from + 3) >> 2);
  for (let at = from; at < to; at++) {
    const position = at - from;
    words[position >> 2] = (words[position >> 2] as number) | ((bytes[at] as number) << ((position & 3) * 8));
  }
  return words;
}

/**
 * Whether the `length` bytes from `from` are those that `words` was made of; they must be there. Word by word it takes
 * half the time of `Buffer.compare`.
 */
export function equalWords(bytes: Uint8Array, from: number, words: Int32Array, length: number): boolean {
  const data = viewOf(bytes);
  const wholeWords = length >> 2;
  for (let word = 0; word < wholeWords; word++) {
    if (data.getInt32(from + word * 4, true) !== words[word]) return false;
  }
  const last = words[wholeWords] ?? 0;
  for (let position = wholeWords * 4; position < length; position++) {
    if (bytes[from + position] !== ((last >>> ((position & 3) * 8)) & 0xff)) return false;
  }
  return true;
}
