import { fieldValue } from "./bytes.ts";

/**
 * The text of a head, which was checked, with one line for each header: a line that begins with a blank continues the one
 * before (RFC 9112, 5.2), and every line ends with a carriage return and a line feed.
 */
export function unfoldedHead(text: string): string {
  const lines: string[] = [];
  for (const raw of text.split("\n")) {
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    const isFold = line.startsWith(" ") || line.startsWith("\t");
    if (isFold) lines.push(`${withoutBlanksBehind(lines.pop() ?? "")} ${fieldValue(line, 0)}`);
    else lines.push(line);
  }
  return lines.join("\r\n");
}

function withoutBlanksBehind(line: string): string {
  let end = line.length;
  while (end > 0 && (line[end - 1] === " " || line[end - 1] === "\t")) end--;
  return line.slice(0, end);
}
