import { csvRecordParser } from "./csv.ts";
import type { RowFormat } from "./row-file.ts";

/** Returns a function that makes a row from its text, as `RowFile` returns it. @param head the head of the `RowFile` */
export function rowParser(format: RowFormat, head: string): (text: string) => unknown {
  return format === "csv" ? csvRecordParser(head) : (text) => JSON.parse(text) as unknown;
}
