import { randomBytes } from "node:crypto";
import { access, constants, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { ConfigurationError } from "../core/errors.ts";
import type { Result } from "../report/result-schema.ts";

/** @throws ConfigurationError before the run when the file could not be written after it. */
export async function requireWritable(file: string | undefined): Promise<void> {
  if (file === undefined || file === "-") return;
  const isFolder = await stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) throw new ConfigurationError(`--json ${file}: this is a folder; name a file in it`);
  const folder = dirname(resolve(file));
  await access(folder, constants.W_OK).catch((cause: unknown) => {
    throw new ConfigurationError(`--json ${file}: the folder ${folder} is missing or cannot be written`, { cause });
  });
}

/** Writes `result.json` whole or not at all. */
export async function writeResult(file: string, result: Result): Promise<void> {
  const text = `${JSON.stringify(result, null, 2)}\n`;
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
    throw new ConfigurationError(`the result cannot be written to ${file}: ${(cause as Error).message}`, { cause });
  }
}
