import { randomBytes } from "node:crypto";
import { access, constants, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { ConfigurationError } from "../../core/errors.ts";
import { stdout } from "../process/standard-streams.ts";

/** Standard output, among paths. */
export const standardOutput = "-";

/** Written at once: a write for each line costs more than the lines. */
const chunkLength = 65_536;

/** @throws ConfigurationError before the work when the file that `flag` names could not be written after it. */
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

/** Writes a file whole or not at all; "-" is standard output. @param what of a message: "the result" */
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

/** On standard output, not faster than it is read; whoever has read enough may go. */
export async function print(pieces: Iterable<string>): Promise<void> {
  await stdout.print(inChunks(pieces));
}

/** As a file of muster's is: indented, with a newline at its end. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Of the disk, not of what was to be written. */
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

/** @throws ConfigurationError when there is such a file, which stays as it is, or none can be made */
export async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: "wx" });
  } catch (cause) {
    const isThere = (cause as NodeJS.ErrnoException).code === "EEXIST";
    const reason = isThere ? "it is there already; name another one" : (cause as Error).message;
    throw new ConfigurationError(`${file} cannot be written: ${reason}`, { cause });
  }
}
