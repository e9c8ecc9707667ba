import { randomBytes } from "node:crypto";
import { lstatSync, openSync, rmSync } from "node:fs";
import { access, constants, lstat, open, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { ConfigurationError } from "../../core/errors.ts";
import { strangersFolder } from "../../core/own-files.ts";
import { stdout } from "../process/standard-streams.ts";
import { writeToPipe } from "./pipe-writer.ts";

/** The path that stands for standard output. */
export const standardOutput = "-";

/** How long the reader of a named pipe may keep a file waiting, in ms. */
const patienceMs = 30_000;

/** The length of a chunk in characters. Lines are written in chunks, because a write for each line costs more than the lines. */
const chunkLength = 65_536;

/** Matches the links of the system. Any other link may be a trap, also in /dev/shm and /dev/mqueue, and is replaced. */
const systemLinks = /^\/(?:dev\/(?:stdout|stderr|null|fd\/\d+)|proc\/(?:self|thread-self|\d+)\/fd\/\d+)$/;

/** Checks before the run that a file can be written after it. @throws ConfigurationError when it cannot */
export async function requireWritable(flag: string, file: string | undefined): Promise<void> {
  if (file === undefined || file === standardOutput) return;
  const found = await stat(file).catch(() => null);
  if (found?.isDirectory() === true)
    throw new ConfigurationError(`${flag} ${file}: this is a folder; name a file in it`);
  if (found?.isFile() === false) {
    await access(file, constants.W_OK).catch((cause: unknown) => {
      throw new ConfigurationError(`${flag} ${file}: it cannot be written`, { cause });
    });
    return;
  }
  const folder = dirname(await targetOf(file));
  await access(folder, constants.W_OK).catch((cause: unknown) => {
    throw new ConfigurationError(`${flag} ${file}: the folder ${folder} is missing or cannot be written`, { cause });
  });
  if (strangersFolder(await stat(folder), await stat(join(await realpath(folder), "..")))) {
    throw new ConfigurationError(
      `${flag} ${file}: the folder ${folder} belongs to another user, and everybody can write to it: choose another`,
    );
  }
}

/** Returns the absolute path of a file. Links of the system are resolved to the file that they point to. */
async function targetOf(file: string): Promise<string> {
  const path = resolve(file);
  return isOfSystem(path) ? await realpath(path).catch(() => path) : path;
}

function isOfSystem(path: string): boolean {
  return systemLinks.test(path);
}

/**
 * Writes a file completely or not at all; "-" is standard output. A device or a named pipe is written in place. A link is
 * replaced by the file; its target is not changed.
 * @param what the subject of error messages, e.g. "the result"
 * @throws ConfigurationError when the file cannot be written. A reader that closes standard output early is not an error
 */
export async function writeOutput(what: string, file: string, text: string | Iterable<string>): Promise<void> {
  const pieces = typeof text === "string" ? [text] : text;
  if (file === standardOutput) {
    await print(pieces);
    if (isLost(stdout.fault)) throw notWritten(what, "standard output", stdout.fault);
    return;
  }
  try {
    if (await isPipe(file)) await writeToPipe(file, inChunks(pieces), patienceMs);
    else if (await isInPlace(file)) await writeFile(file, inChunks(pieces), { flag: inPlaceFlag(file) });
    else await writeWhole(await targetOf(file), pieces);
  } catch (cause) {
    if (!isFault(cause)) throw cause;
    throw notWritten(what, file, cause);
  }
}

/** Writes a temporary file beside the target, and renames it to the target when it is complete. */
async function writeWhole(target: string, pieces: Iterable<string>): Promise<void> {
  const temporary = `${target}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    await writeFile(temporary, inChunks(pieces), { flag: "wx" });
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function isPipe(file: string): Promise<boolean> {
  const found = await lstat(file).catch(() => null);
  return found?.isFIFO() === true;
}

/** Whether a path is something other than a file, such as /dev/null: renaming a file to it would replace it. */
async function isInPlace(file: string): Promise<boolean> {
  return await (isOfSystem(resolve(file)) ? stat(file) : lstat(file)).then(
    (found) => !found.isFile() && !found.isSymbolicLink(),
    () => false,
  );
}

function inPlaceFlag(file: string): number {
  return constants.O_WRONLY | (isOfSystem(resolve(file)) ? 0 : constants.O_NOFOLLOW);
}

/**
 * Opens a file that is written line by line. It is emptied unless `appends`; a link is replaced by the file. Returns null for a
 * device or a named pipe, whose opening may have to wait for a reader.
 * @param mode the mode of a new file
 * @throws the system's error
 */
export function openOutput(file: string, { appends = false, mode = 0o666 } = {}): number | null {
  const path = resolve(file);
  const found = lstatSync(path, { throwIfNoEntry: false });
  const isLink = found?.isSymbolicLink() === true;
  if (isOfSystem(path) || (found !== undefined && !found.isFile() && !isLink)) return null;
  if (isLink) rmSync(path);
  const { O_WRONLY, O_CREAT, O_APPEND, O_TRUNC, O_NOFOLLOW } = constants;
  return openSync(path, O_WRONLY | O_CREAT | O_NOFOLLOW | (appends ? O_APPEND : O_TRUNC), mode);
}

/** Whether a text on standard output was cut by the system, such as by a full disk, and not by its reader. */
function isLost(fault: Error | null): fault is Error {
  const { code } = (fault ?? {}) as NodeJS.ErrnoException;
  return code !== undefined && code !== "EPIPE" && code !== "EIO";
}

function notWritten(what: string, file: string, cause: Error): ConfigurationError {
  return new ConfigurationError(`${what} cannot be written to ${file}: ${cause.message}`, { cause });
}

/** Prints to standard output as fast as it is read. A reader may close the pipe early. */
export async function print(pieces: Iterable<string>): Promise<void> {
  await stdout.print(inChunks(pieces));
}

/** Returns JSON in the form of all files of muster: indented, with a newline at the end. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Whether the error comes from the system, not from the code that makes the text. */
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

/** Writes a new file. @throws ConfigurationError when the file already exists, and is then not changed, or cannot be written */
export async function writeNew(file: string, text: string): Promise<void> {
  try {
    await using created = await open(file, "wx");
    await created.writeFile(text).catch(async (error: unknown) => {
      await rm(file, { force: true });
      throw error;
    });
  } catch (cause) {
    const isThere = (cause as NodeJS.ErrnoException).code === "EEXIST";
    const reason = isThere ? "it already exists; choose another name" : (cause as Error).message;
    throw new ConfigurationError(`${file} cannot be written: ${reason}`, { cause });
  }
}
