import { randomBytes } from "node:crypto";
import { access, constants, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { ConfigurationError } from "../core/errors.ts";

/** @throws ConfigurationError before the work when the file that `flag` names could not be written after it. */
export async function requireWritable(flag: string, file: string | undefined): Promise<void> {
  if (file === undefined || file === "-") return;
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
export async function writeOutput(what: string, file: string, text: string): Promise<void> {
  if (file === "-") {
    process.stdout.write(text);
    return;
  }
  const temporary = `${file}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    await writeFile(temporary, text);
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new ConfigurationError(`${what} cannot be written to ${file}: ${(cause as Error).message}`, { cause });
  }
}

/** As a file of muster's is: indented, with a newline at its end. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
