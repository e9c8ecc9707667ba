/**
 * Decodes UTF-8, which may be cut inside a character. Returns null if it is not text: if more than 2 % of its characters
 * are invalid or control characters.
 */
export function readableText(bytes: Uint8Array): string | null {
  const text = new TextDecoder().decode(bytes, { stream: true });
  const strange = text.match(/(?![\t\n\f\r])[\p{Cc}\ufffd]/gu)?.length ?? 0;
  return strange > text.length / 50 ? null : text;
}

/**
 * Returns one line without control characters and direction marks: text from an unknown client, a service or a test must
 * not control the terminal, or forge a line of a log.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "");
}
