/**
 * The limits of a response, beyond which it is refused: a hostile or broken server must not exhaust the memory of the
 * generator.
 */

/** For the status line and the headers together, as in Node.js and undici. */
export const maxHeadBytes = 16 * 1024;
/** For the headers, and for the trailers of a chunked body. */
export const maxFieldLines = 1_000;
/** Includes leading zeros. curl and Go have the same limit. */
export const maxChunkSizeDigits = 16;
/** For one chunk, including the blanks around the extension. */
export const maxChunkExtensionBytes = 16 * 1024;
export const maxTrailerBytes = 16 * 1024;
/** The number of 1xx responses before the final one. */
export const maxInformationalResponses = 100;
