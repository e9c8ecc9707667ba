import { randomBytes } from "node:crypto";
import { access, constants, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { ConfigurationError } from "../../core/errors.ts";
import { stdout } from "../process/standard-streams.ts";

/** The path that stands for standard output. */
export const standardOutput = "-";

/** Lines are written in chunks, because a write for each line costs more than the lines. */
const chunkLength = 65_536;

/** Checks before the run that a file can be written after it. @throws ConfigurationError when it cannot */
export async function requireWritable(flag: string, file: string | undefined): Promise<void> {
  if (file === undefined || file === standardOutput) return;
  const isFolder = await stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) throw new ConfigurationError(`${flag} ${file}: this is a folder; name a file in it`);
  const folder = dirname(resolve(file));
  await access(folder, constants.W_OK).catch((cause: unknown) => {
    throw new ConfigurationError(`${flag} ${file}: the folder ${folder} is missing or cannot be written`, { cause });
  });
}

/**
 * Writes a file completely or not at all; "-" is standard output.
 * @param what the subject of error messages, e.g. "the result"
 * @throws ConfigurationError when the file cannot be written
 */
export async function writeOutput(what: string, file: string, text: string | Iterable<string>): Promise<void> {
  const pieces = typeof text === "string" ? [text] : text;
  if (file === standardOutput) {
    await print(pieces);
    return;
  }
  const temporary = `${file}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    await writeFile(temporary, inChunks(pieces));
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true });
    if (!isFault(cause)) throw cause;
    throw new ConfigurationError(`${what} cannot be written to ${file}: ${cause.message}`, { cause });
  }
}

/** Prints to standard output as fast as it is read. A reader may close the pipe early. */
export async function print(pieces: Iterable<string>): Promise<void> {
  await stdout.print(inChunks(pieces));
}

/** JSON as in all files of muster: indented, with a newline at the end. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Whether the error is one of the system, not of the code that makes the text. */
function isFault(error: unknown): error is Error {
  return error instanceof Error && "syscall" in error;
}

function* inChunks(pieces: Iterable<string>): Generator<string, undefined> {
  let chunk = "";
  for (const piece of pieces) {
    chunk += piece;
    if (chunk.length < chunkLength) continue;
    yield chunk;
    chunk = "";
  }
  yield chunk;
}

/** Writes a new file. @throws ConfigurationError when the file exists, which does not change it, or cannot be written */
export async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: "wx" });
  } catch (cause) {
    const isThere = (cause as NodeJS.ErrnoException).code === "EEXIST";
    const reason = isThere ? "it already exists; choose another name" : (cause as Error).message;
    throw new ConfigurationError(`${file} cannot be written: ${reason}`, { cause });
  }
}
