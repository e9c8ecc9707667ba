import path from "node:path";
import { ConfigurationError } from "../../../core/errors.ts";
import type { Conversion } from "./conversion.ts";
import { convertCommands, convertCurl } from "./curl/curl-text.ts";
import { readHar } from "./har/har.ts";
import { notHar, parseHar } from "./har/har-file.ts";
import { recordedSession } from "./har/recorded-session.ts";
import { sessionNotes } from "./har/session-notes.ts";
import { sessionText } from "./har/session-text.ts";
import { readInputText, readStandardInput } from "./input-text.ts";
import { objectOf, oneLine } from "./loose-json.ts";
import { parseApiText } from "./openapi/api-document.ts";
import { convertOpenApi } from "./openapi/openapi-text.ts";
import { convertCollection } from "./postman/postman-text.ts";

export interface ConversionOptions {
  /** Keep only requests to these origins of a recording. */
  readonly origins: readonly string[];
  /** Also keep pictures, styles and scripts of a recording. */
  readonly everything: boolean;
}

interface Input {
  /** The name of the file, for messages. */
  readonly file: string;
  readonly text: string;
}

/**
 * Converts files of another tool, whose format is detected from their content; "-" is standard input. The words of a curl
 * command may be given instead.
 */
export async function convertInputs(words: readonly string[], options: ConversionOptions): Promise<Conversion> {
  if (words[0] === "curl") return convertCommands([words], "a curl command");
  const inputs = await Promise.all(words.map(readInput));
  const [first] = inputs;
  if (first === undefined) throw new ConfigurationError("no file to convert");
  const name = oneLine(path.basename(first.file));
  const kind = kindOfText(first);
  if (kind === "har") return convertRecordings(inputs, options);
  if (kind === "postman") return convertPostman(inputs);
  if (inputs.length > 1) {
    throw new ConfigurationError(`${inputs.length} files, and ${name} is not a recording: convert one file at a time`);
  }
  if (kind === "curl") return convertCurl(first.text.replace(/^\s*\$\s+/, ""), name);
  return convertOpenApi(name, await parseApiText(first.file, first.text));
}

async function readInput(file: string): Promise<Input> {
  if (file === "-") return { file: "standard input", text: await readStandardInput(notHar) };
  return { file, text: await readInputText(file, notHar) };
}

/** Detects the format by features that only this format has. */
function kindOfText({ text, file }: Input): "har" | "curl" | "openapi" | "postman" {
  if (/^\s*(?:#.*\n\s*)*(?:\$\s+)?curl(?:\.exe)?\s/.test(text)) return "curl";
  const isJson = /^\s*[[{]/.test(text);
  if (!isJson) return /^(?:openapi|swagger)\s*:/m.test(text) || /\.ya?ml$/i.test(file) ? "openapi" : "har";
  const head = text.slice(0, 100_000);
  if (/"log"\s*:/.test(text.slice(0, 200))) return "har";
  if (/"(?:openapi|swagger)"\s*:/.test(head)) return "openapi";
  return /schema\.(?:get)?postman\.com|"_postman_|"_postman_variable_scope"/.test(text) ? "postman" : "har";
}

/** Converts a collection and an exported environment for it, given in any order. */
function convertPostman(inputs: readonly Input[]): Conversion {
  const parsed = inputs.map(({ file, text }) => ({ file, json: objectOf(parseHar(file, text)) }));
  const collections = parsed.filter(({ json }) => Array.isArray(json?.["item"]));
  const environments = parsed.filter(({ json }) => Array.isArray(json?.["values"]));
  const [collection] = collections;
  if (collection?.json == null || collections.length > 1 || collections.length + environments.length < inputs.length) {
    throw new ConfigurationError(
      "give one Postman collection (format 2.1), and at most one exported environment for it",
    );
  }
  return convertCollection(path.basename(collection.file), collection.json, environments[0]?.json ?? null);
}

/** Converts one or two recordings. A second recording of the same actions shows which values change. */
function convertRecordings(inputs: readonly Input[], options: ConversionOptions): Conversion {
  if (inputs.length > 2) {
    throw new ConfigurationError(
      `${inputs.length} files; two recordings of the same actions can be converted together`,
    );
  }
  const [har, second] = inputs.map(({ file, text }) => readHar(file, parseHar(file, text)));
  if (har === undefined) throw new ConfigurationError("no recording to convert");
  const session = recordedSession(har, second === undefined ? options : { ...options, second });
  const name = inputs.map(({ file }) => oneLine(path.basename(file))).join(" and ");
  return { text: sessionText(session, name), notes: sessionNotes(session, name) };
}
