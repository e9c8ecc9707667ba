/**
 * Decodes UTF-8, which may be cut inside of a character. Returns null for what is not text: more than 2 % of its characters
 * are not valid, or control something.
 */
export function readableText(bytes: Uint8Array): string | null {
  const text = new TextDecoder().decode(bytes, { stream: true });
  const strange = text.match(/(?![\t\n\f\r])[\p{Cc}\ufffd]/gu)?.length ?? 0;
  return strange > text.length / 50 ? null : text;
}
