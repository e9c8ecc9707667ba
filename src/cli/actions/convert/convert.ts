import path from "node:path";
import { ConfigurationError } from "../../../core/errors.ts";
import { readHar } from "./har/har.ts";
import { notHar, parseHar } from "./har/har-file.ts";
import { recordedSession } from "./har/recorded-session.ts";
import { sessionNotes } from "./har/session-notes.ts";
import { sessionText } from "./har/session-text.ts";
import { readInputText } from "./input-text.ts";

export interface ConversionOptions {
  /** Keep only requests to these origins of a recording. */
  readonly origins: readonly string[];
  /** Also keep pictures, styles and scripts of a recording. */
  readonly everything: boolean;
}

/** A test file that was made of another tool's file. */
export interface Conversion {
  readonly text: string;
  /** What was left out, and what to review. */
  readonly notes: readonly string[];
}

/** Converts a recording; a second recording of the same actions shows which values change. */
export async function convertFiles(files: readonly string[], options: ConversionOptions): Promise<Conversion> {
  const [file = "", secondFile, ...more] = files;
  if (more.length > 0) {
    throw new ConfigurationError(`muster convert reads two recordings of the same actions, not ${files.length}`);
  }
  const har = await harOf(file);
  const second = secondFile === undefined ? {} : { second: await harOf(secondFile) };
  const session = recordedSession(har, { ...options, ...second });
  const name = files.map((one) => path.basename(one)).join(" and ");
  return { text: sessionText(session, name), notes: sessionNotes(session, name) };
}

async function harOf(file: string) {
  return readHar(file, parseHar(file, await readInputText(file, notHar)));
}
