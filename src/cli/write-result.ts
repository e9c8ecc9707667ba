import { randomBytes } from "node:crypto";
import { access, constants, rename, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { ConfigurationError } from "../core/errors.ts";
import type { Result } from "../report/result-schema.ts";

/** @throws ConfigurationError before the run when the file could not be written after it. */
export async function requireWritable(file: string | undefined): Promise<void> {
  if (file === undefined || file === "-") return;
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
  await writeFile(temporary, text);
  await rename(temporary, file);
}
