import { ConfigurationError } from "../../../../core/errors.ts";
import { readInputText } from "../input-text.ts";
import { oneLine } from "../loose-json.ts";

/**
 * Reads the JSON of a recording.
 * @throws ConfigurationError when the file cannot be read, is too large, or is not JSON
 */
export async function readHarFile(file: string): Promise<unknown> {
  return parseHar(file, await readInputText(file, notHar));
}

export function parseHar(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = (cause as Error).message;
    const isCut = /end of JSON|Unterminated|Expected .* JSON at position/.test(reason) && /^\s*\{/.test(text);
    throw notHar(file, `it is not JSON${isCut ? ", or ends too early" : ""}: ${oneLine(reason)}`, cause);
  }
}

export function notHar(file: string, reason: string, cause?: unknown): ConfigurationError {
  return new ConfigurationError(`${oneLine(file)} is not a HAR file: ${reason}`, { cause });
}
