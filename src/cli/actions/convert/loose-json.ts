/* Functions that read JSON without trusting its shape, because exporters differ in every field: null, missing, a number as text. */

export type LooseObject = Readonly<Record<string, unknown>>;

export function objectOf(value: unknown): LooseObject | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as LooseObject) : null;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Returns the text of a string, a number or a boolean; empty for other values. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

export function numberOf(value: unknown): number | null {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}

/** Returns a text for messages and comments: without line breaks and control characters, and cut to `longest` characters. */
export function oneLine(text: string, longest = 200): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]+/gu, " ").trim();
  return line.length > longest ? `${line.slice(0, longest - 1).replace(/\p{Cs}$/u, "")}…` : line;
}
