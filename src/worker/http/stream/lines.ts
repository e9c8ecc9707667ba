/** How the lines of a body are read. */
export interface LineRules {
  /** Whether a carriage return alone also ends a line, as in event streams (WHATWG HTML, 9.2.6). */
  readonly isEventStream: boolean;
  /** The maximum length of a line, in characters. */
  readonly maxLength: number;
  /** Called with each line before it is read. */
  found(): void;
  /** Called for a longer line; no more lines follow. */
  tooLong(): void;
  /** Called at the end. Returns whether the last line is complete without a line end. */
  isWhole(): boolean;
}

/** Splits bytes in UTF-8 into lines, without their ends. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, rules: LineRules): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true });
    const lines = split(rest, text, rules);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line.length > rules.maxLength) return rules.tooLong() as undefined;
      rules.found();
      yield line;
    }
    if (rest.length > rules.maxLength) return rules.tooLong() as undefined;
  }
  rest += decoder.decode();
  if (rest === "" || !rules.isWhole()) return;
  rules.found();
  yield rules.isEventStream && rest.endsWith("\r") ? rest.slice(0, -1) : rest;
}

/** Returns the lines of `rest + text`. A line that arrives byte by byte is not searched again with each byte. */
function split(rest: string, text: string, { isEventStream }: LineRules): string[] {
  if (!isEventStream) return text.includes("\n") ? splitLines(rest + text) : [rest + text];
  return /[\r\n]/.test(text) || rest.endsWith("\r") ? splitEventLines(rest + text) : [rest + text];
}

/** Returns the lines of a text. The last one is the text after the last line end. */
function splitLines(text: string): string[] {
  const lines = text.split("\n");
  if (!text.includes("\r\n")) return lines;
  return lines.map((line, at) => (at < lines.length - 1 && line.endsWith("\r") ? line.slice(0, -1) : line));
}

function splitEventLines(text: string): string[] {
  if (!text.includes("\r")) return text.split("\n");
  // A carriage return at the end may be half of a line end.
  const isHalf = text.endsWith("\r");
  const lines = (isHalf ? text.slice(0, -1) : text).split(/\r\n|\n|\r/);
  if (isHalf) lines.push(`${lines.pop() ?? ""}\r`);
  return lines;
}
