/** What a response may cost before it is refused: a hostile or broken server must not take the generator's memory. */

/** Status line and headers together. */
export const maxHeadBytes = 256 * 1024;
/** Of a head, and of the trailers of a chunked body. */
export const maxFieldLines = 1_000;
/** Leading zeros included; as many as curl and Go read. */
export const maxChunkSizeDigits = 16;
/** Of one chunk, with the blanks around it. */
export const maxChunkExtensionBytes = 16 * 1024;
export const maxTrailerBytes = 16 * 1024;
/** Responses 1xx before the real one. */
export const maxInformationalResponses = 100;
