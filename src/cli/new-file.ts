import { writeFile } from "node:fs/promises";
import { ConfigurationError } from "../core/errors.ts";

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
