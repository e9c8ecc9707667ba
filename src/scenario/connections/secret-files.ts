import { globSync, readFileSync } from "node:fs";
import { resolve, sep } from "node:path";
import { inspect } from "node:util";
import { describeValue } from "../../core/describe-value.ts";
import { ConfigurationError } from "../../core/errors.ts";
import { unreadable } from "../files/unreadable.ts";
import type { SecretSource } from "./connection.ts";

/*
 * Certificates and keys that a test names by path. The master reads them when a run begins and sends them to each worker
 * with `prepare`. They are not in the bundle, so they are not in the store either.
 */

/** The maximum size of all secret files of a test, in bytes: a slow line has to carry them within one message. */
const mostBytes = 4 * 1024 * 1024;

/** The files of a test: their contents in base64 by path, and the paths that each pattern of `secretFiles` has matched. */
export interface SecretFiles {
  readonly files: Record<string, string>;
  readonly matches: Record<string, string[]>;
}

interface NamedFiles {
  readonly paths: Set<string>;
  readonly matches: Map<string, string[]>;
}

/** On a worker: the files that the master sent. */
let received: SecretFiles | null = null;
/** On the master: the folder of the test that is being loaded, and the files that its code has named so far. */
let folder: string | null = null;
let named: NamedFiles = { paths: new Set(), matches: new Map() };
/** The files that each test has named. A test is evaluated only once, so it names its files only when it is first loaded. */
const byTest = new Map<string, NamedFiles>();

/** A file that the master reads. The object shows its path only, so a log or an error message cannot print its content. */
class SecretFile implements SecretSource {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  text(): string {
    return Buffer.from(this.bytes()).toString("utf8");
  }

  bytes(): Uint8Array {
    return secretBytes(this.path);
  }

  toJSON(): string {
    return this.path;
  }

  [inspect.custom](): string {
    return `secretFile(${JSON.stringify(this.path)})`;
  }
}

/**
 * Names a certificate, a key or another secret that the master reads and sends to the workers. Call it at the top level of
 * the test file. The content is not part of the stored run.
 * @param path relative to the test file
 */
export function secretFile(path: string): SecretSource {
  if (typeof path !== "string" || path === "") {
    throw new ConfigurationError(`secretFile(path): the path is ${describeValue(path)}; expected a string`);
  }
  if (received !== null && !Object.hasOwn(received.files, path)) throw tooLate(`secretFile("${path}")`);
  named.paths.add(path);
  return new SecretFile(path);
}

/**
 * Names all files that match a pattern such as "users/*.p12", for example one per user. They are sorted by name, numbers by
 * value: "user-2.p12" comes before "user-10.p12".
 * @param pattern relative to the test file
 */
export function secretFiles(pattern: string): readonly SecretSource[] {
  if (typeof pattern !== "string" || pattern === "") {
    throw new ConfigurationError(`secretFiles(pattern): the pattern is ${describeValue(pattern)}; expected a string`);
  }
  const paths = received === null ? matching(pattern) : received.matches[pattern];
  if (paths === undefined) throw tooLate(`secretFiles("${pattern}")`);
  named.matches.set(pattern, paths);
  for (const path of paths) named.paths.add(path);
  return paths.map((path) => new SecretFile(path));
}

/** Loads a test and keeps the secret files that it names. @param testFolder null on a worker */
export async function namingSecrets<Value>(
  test: string,
  testFolder: string | null,
  load: () => Promise<Value>,
): Promise<Value> {
  named = byTest.get(test) ?? { paths: new Set(), matches: new Map() };
  folder = testFolder;
  const value = await load();
  byTest.set(test, named);
  return value;
}

/**
 * Reads the secret files of a test, on the master.
 * @param paths the paths that are named by other means than `secretFile`
 * @throws ConfigurationError if a pattern matches no file, a file cannot be read, or the files are too large
 */
export function readSecretFiles(test: string, testFolder: string, paths: readonly string[]): SecretFiles {
  const { paths: byCode, matches } = byTest.get(test) ?? { paths: [], matches: [] };
  for (const [pattern, found] of matches) {
    if (found.length === 0) throw new ConfigurationError(`secretFiles("${pattern}"): no file matches`);
  }
  const files: Record<string, string> = {};
  let total = 0;
  for (const path of new Set([...byCode, ...paths])) {
    const content = readSecret(testFolder, path);
    total += content.length;
    if (total > mostBytes) {
      throw new ConfigurationError(`the secret files of the test have more than ${mostBytes / 1024 ** 2} MB together`);
    }
    files[path] = content.toString("base64");
  }
  return { files, matches: Object.fromEntries(matches) };
}

/** Makes the files that the master read available, on a worker. */
export function useSecretFiles(files: SecretFiles): void {
  received = files;
}

/** Returns the content of a secret file. @throws ConfigurationError if the file cannot be read, or was not sent */
export function secretBytes(path: string): Uint8Array {
  if (received === null) return readSecret(folder ?? "", path);
  const content = Object.hasOwn(received.files, path) ? received.files[path] : undefined;
  if (content === undefined) {
    throw new ConfigurationError(
      `the file ${JSON.stringify(path)} was not sent to this worker: name it with secretFile(…) at the top level of the test file`,
    );
  }
  return Buffer.from(content, "base64");
}

function readSecret(testFolder: string, path: string): Buffer {
  const location = resolve(testFolder, path);
  try {
    return readFileSync(location);
  } catch (cause) {
    throw new ConfigurationError(`the secret file ${JSON.stringify(path)} ${unreadable(location, cause)}`, { cause });
  }
}

function matching(pattern: string): string[] {
  const found = globSync(pattern, { cwd: folder ?? "" }).map((path) => path.replaceAll(sep, "/"));
  return found.sort(new Intl.Collator("en", { numeric: true }).compare);
}

function tooLate(call: string): ConfigurationError {
  return new ConfigurationError(`${call} is called too late: call it at the top level of the test file`);
}
